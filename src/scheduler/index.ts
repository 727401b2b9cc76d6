export { type AbortReason, abortReasonOf, RunAborted } from './run-aborted.js';
export { type ClosedRun, RunExecutor } from './run-executor.port.js';
export { RunRecovery } from './run-recovery.js';
export { Scheduler } from './scheduler.js';
export { SchedulerConfig } from './scheduler.config.js';
export { SchedulerModule } from './scheduler.module.js';
