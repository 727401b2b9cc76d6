import type { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import {
  Database,
  DatabaseConfig,
  type JobQueue,
  type Lease,
  LeaseStore,
  type LeftRun,
  type NewRun,
  type Notifications,
  type Replicas,
  type RunControlStore,
  RunStore,
  StoreError,
} from '#store';
import { configOf } from '../../test/support/config.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Acceptance } from './acceptance.js';
import { LeftRuns } from './left-runs.js';
import { QueueKeeper } from './queue-keeper.js';
import { RemoteAborts } from './remote-aborts.js';
import { type ClosedRun, type GivenUp, RunExecutor } from './run-executor.port.js';
import { ReservedSlots } from './reserved-slots.js';
import { RunStart } from './run-start.js';
import { RunTurns } from './run-turns.js';
import { RunWorker } from './run-worker.js';
import { Scheduler } from './scheduler.js';
import { SchedulerConfig } from './scheduler.config.js';
import { SessionHandover } from './session-handover.js';
import { Shutdown } from './shutdown.js';
import { WaitingRuns } from './waiting-runs.js';

/** The replica under test. */
export const ME = newId();

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
  /** Runs that other replicas work on. */
  readonly moved: string[] = [];
  readonly givenUp = new Map<string, GivenUp>();
  /** What the table answers when these runs ask for their turn; others get it. */
  readonly turn = new Map<string, 'not-yet' | 'gone'>();
  /** Sessions in which another replica has an open run. */
  readonly busy = new Set<string>();
  left: LeftRun[] = [];
  /** What others have before a new message in its session. */
  inTheWay: { waiting: NewRun[]; asked: string[] } = { waiting: [], asked: [] };
  holdAcceptance = false;
  private turnsHeld: Promise<void> | undefined;
  unmergeable = false;
  private accepts = 0;
  startError: Error | undefined;
  limitError: Error | undefined;
  limit = 60_000;

  readonly runs = Object.assign(Object.create(RunStore.prototype) as RunStore, {
    accept: (run: NewRun) => this.accepted(run).then(() => ++this.accepts),
    acceptAndStart: (run: NewRun) =>
      this.accepted(run).then(() => (this.busy.has(run.sessionId ?? '') ? undefined : leaseOf(run.id))),
    start: async (id: string, _messages: unknown, _terms: unknown, merged: readonly string[]) => {
      if (this.startError) throw this.startError;
      await this.turnsHeld;
      if (this.unmergeable && merged.length > 0) return 'not-yet';
      return this.turn.get(id) ?? leaseOf(id);
    },
    closeQueued: async () => true,
    withdraw: async () => undefined,
  });

  readonly leases = Object.assign(Object.create(LeaseStore.prototype) as LeaseStore, {
    hasWaiting: async () => true,
    leftRunning: async (_me: string, held: readonly string[]) =>
      this.left.filter(({ run }) => !held.includes(run.id)),
    takeOver: async ({ run, attempt }: LeftRun) => ({ ...leaseOf(run.id), attempt: attempt + 1 }),
    adopt: async () => this.left,
    adoptNext: async () => this.left[0],
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

  replyTo(): undefined {
    return undefined;
  }

  elsewhere(run: NewRun): void {
    this.moved.push(run.id);
  }

  async giveUp(run: NewRun, _lease: Lease, failure: GivenUp): Promise<void> {
    this.givenUp.set(run.id, failure);
  }

  /** Who asks for a turn waits for the answer until the test gives it. */
  holdTurns(): { answer: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.turnsHeld = promise;
    return { answer: resolve };
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

/** What else a replica knows of the others. */
export interface Others {
  hasPeers: boolean;
  /** Sessions whose free turn was told. */
  readonly told: string[];
  /** Messages to them. */
  readonly published: string[];
}

export interface SchedulerUnderTest {
  readonly scheduler: Scheduler;
  readonly clock: ManualClock;
  readonly worker: RunWorker;
  readonly turns: RunTurns;
  readonly left: LeftRuns;
  readonly slots: ReservedSlots;
  readonly others: Others;
  /** Another replica says something. */
  readonly hear: (message: string) => void;
  readonly config: ConfigService;
}

export function schedulerWith(neighbours: Neighbours, section: object = {}): SchedulerUnderTest {
  const clock = new ManualClock();
  const { runs, leases, database } = neighbours;
  const config = configOf([SchedulerConfig, DatabaseConfig], { scheduler: section });
  const others: Others = { hasPeers: false, told: [], published: [] };
  const replicas = Object.assign(others, { id: ME, gone: async () => [] }) as unknown as Replicas;
  const jobs = {
    add: async (_name: string, sessionId: string) => void others.told.push(sessionId),
  } as unknown as JobQueue;
  const shutdown = new Shutdown();
  const worker = new RunWorker(neighbours, replicas, clock, config);
  const waiting = new WaitingRuns(runs, database, neighbours, jobs, shutdown, config);
  const start = new RunStart(runs, database, new Acceptance(database, runs), worker, replicas, shutdown);
  const heard = new Set<(message: string) => void>();
  const notifications = {
    publish: (_topic: string, message: string) => void others.published.push(message),
    subscribe: (_topic: string, listener: (message: string) => void) => heard.add(listener),
  } as unknown as Notifications;
  const handover = new SessionHandover(replicas, leases, notifications, jobs);
  const turns = new RunTurns(start, worker, waiting, neighbours, handover, shutdown, clock, config);
  const control = { inTheWayOf: async () => neighbours.inTheWay } as unknown as RunControlStore;
  const remote = new RemoteAborts(control, notifications, worker, turns, waiting);
  remote.onModuleInit();
  const keeper = new QueueKeeper(worker, waiting, replicas, remote, config);
  const scheduler = new Scheduler(turns, start, worker, waiting, keeper, shutdown, clock);
  const slots = new ReservedSlots(worker, shutdown);
  const left = new LeftRuns(leases, worker, slots, turns, waiting, neighbours, replicas);
  const hear = (message: string): void => heard.forEach((listener) => listener(message));
  return { scheduler, clock, worker, turns, left, slots, others, hear, config };
}

/** Everything that can happen without time or the test has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function leaseOf(runId: string): Lease {
  return { runId, epoch: 1, attempt: 1, session: undefined };
}
