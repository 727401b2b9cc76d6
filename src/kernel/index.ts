export { AppError, type AppErrorOptions } from './app-error.js';
export { Clock } from './clock.js';
export { isUuid, newId } from './ids.js';
export { KernelModule } from './kernel.module.js';
export { SystemClock } from './system-clock.js';
export { VERSION } from './version.js';
export { PinoLogger } from './pino-logger.js';
export { NODE_OLDEST_MAJOR, NODE_TESTED_MAJOR, nodeProblem } from './node-version.js';
