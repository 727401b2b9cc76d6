import { Acceptance } from './acceptance.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LeftRuns } from './left-runs.js';
import { QueueKeeper } from './queue-keeper.js';
import { RemoteAborts } from './remote-aborts.js';
import { ReservedSlots } from './reserved-slots.js';
import { RunRecovery } from './run-recovery.js';
import { RunStart } from './run-start.js';
import { RunTurns } from './run-turns.js';
import { RunWorker } from './run-worker.js';
import { Scheduler } from './scheduler.js';
import { SessionHandover } from './session-handover.js';
import { SessionWaker } from './session-waker.js';
import { Shutdown } from './shutdown.js';
import { WaitingRuns } from './waiting-runs.js';

/** For the module that has a `RunExecutor`: the scheduler asks, that module answers. */
export const SCHEDULER_PROVIDERS = [
  Acceptance,
  LeaseKeeper,
  LeftRuns,
  QueueKeeper,
  RemoteAborts,
  ReservedSlots,
  RunRecovery,
  RunStart,
  RunTurns,
  RunWorker,
  Scheduler,
  SessionHandover,
  SessionWaker,
  Shutdown,
  WaitingRuns,
];
