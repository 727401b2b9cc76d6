import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { Database, DatabaseConfig, type Lease, type NewRun, RunStore, StoreError } from '#store';
import { configOf } from '../../test/support/config.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Acceptance } from './acceptance.js';
import { type ClosedRun, RunExecutor } from './run-executor.port.js';
import { Scheduler } from './scheduler.js';
import { SchedulerConfig } from './scheduler.config.js';

export const ann: Caller = {
  userId: 'ann',
  role: 'operator',
  scopes: [],
  credential: { kind: 'gateway-token' },
};

export function runOf(sessionId: string, text: string, overrides: Partial<NewRun> = {}): NewRun {
  return {
    id: newId(),
    caller: ann,
    agentId: newId(),
    agentKey: 'default',
    sessionId,
    sessionKey: `agent:default:${sessionId}`,
    lane: 'main',
    origin: 'ws',
    operation: 'chat.send',
    input: {
      messages: [{ id: newId(), role: 'user', content: [{ type: 'text', text }], tokens: 1 }],
      stream: false,
    },
    ...overrides,
  };
}

/** What was asked of the scheduler's neighbours, and what they do next. */
export class Neighbours extends RunExecutor {
  /** Runs whose acceptance waits for the test. */
  readonly accepting = new Map<string, { accept: () => void; fail: (error: Error) => void }>();
  /** Runs that are going, until the test ends them. */
  readonly going = new Map<string, { end: () => void; signal: AbortSignal; run: NewRun }>();
  readonly began: string[] = [];
  readonly ended = new Map<string, ClosedRun>();
  holdAcceptance = false;
  startError: Error | undefined;
  limitError: Error | undefined;
  limit = 60_000;

  readonly runs = Object.assign(Object.create(RunStore.prototype) as RunStore, {
    accept: (run: NewRun) => this.accepted(run).then(() => true),
    acceptAndStart: (run: NewRun) => this.accepted(run).then(() => leaseOf(run.id)),
    start: async (id: string) => {
      if (this.startError) throw this.startError;
      return leaseOf(id);
    },
    closeQueued: async () => true,
    withdraw: async () => undefined,
  });

  readonly database = Object.assign(Object.create(Database.prototype) as Database, {
    insist: async <T>(write: () => Promise<T>) => write(),
  });

  execute(run: NewRun, _lease: Lease, signal: AbortSignal): Promise<void> {
    this.began.push(run.id);
    return new Promise((resolve) => {
      const end = (): void => {
        this.going.delete(run.id);
        resolve();
      };
      this.going.set(run.id, { end, signal, run });
      signal.addEventListener('abort', end, { once: true });
    });
  }

  async timeLimitMs(): Promise<number> {
    if (this.limitError) throw this.limitError;
    return this.limit;
  }

  closed(run: NewRun, end: ClosedRun): void {
    this.ended.set(run.id, end);
  }

  async interrupted(): Promise<void> {
    throw new Error('No run was interrupted.');
  }

  private accepted(run: NewRun): Promise<void> {
    if (!this.holdAcceptance) return Promise.resolve();
    return new Promise((accept, fail) => {
      this.accepting.set(run.id, { accept, fail });
    });
  }
}

export function away(): StoreError {
  return new StoreError('unavailable', 'away');
}

export function schedulerWith(
  neighbours: Neighbours,
  scheduler: object = {},
): { scheduler: Scheduler; clock: ManualClock } {
  const clock = new ManualClock();
  const { runs, database } = neighbours;
  const config = configOf([SchedulerConfig, DatabaseConfig], { scheduler });
  const made = new Scheduler(runs, database, clock, new Acceptance(database, runs), config);
  made.executeWith(neighbours);
  return { scheduler: made, clock };
}

/** Everything that can happen without time or the test has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function leaseOf(runId: string): Lease {
  return { runId, epoch: 1, attempt: 1, session: undefined };
}
