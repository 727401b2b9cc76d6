export { type AbortReason, abortReasonOf, RunAborted } from './run-aborted.js';
export { type ClosedRun, type GivenUp, RunExecutor } from './run-executor.port.js';
export { RemoteAborts } from './remote-aborts.js';
export { RunRecovery } from './run-recovery.js';
export { Scheduler } from './scheduler.js';
export { SchedulerConfig } from './scheduler.config.js';
export { SCHEDULER_PROVIDERS } from './scheduler-providers.js';
