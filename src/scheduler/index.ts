export { type AbortReason, abortReasonOf, RunAborted } from './run-aborted.js';
export { type ClosedRun, RunExecutor } from './run-executor.port.js';
export { RunRecovery } from './run-recovery.js';
export { Scheduler, type SubmitOptions } from './scheduler.js';
export { QUEUE_MODES, type QueueMode, SchedulerConfig } from './scheduler.config.js';
export { SchedulerError } from './scheduler.errors.js';
export { SchedulerModule } from './scheduler.module.js';
