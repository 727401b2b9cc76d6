import type { Notifications, RunRecord } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ReplicaWire, type WiredReplica } from '../../../test/support/replica-wire.js';
import type { LoggedRun } from '../runs/log-buffer.js';
import { LogTable } from '../runs/log-table.js';
import { RunFeed } from '../runs/run-feed.js';
import { RunLog } from '../runs/run-log.js';
import { RunResults } from '../runs/run-results.js';
import { RemoteEnds } from './remote-ends.js';
import { RemoteRuns } from './remote-runs.js';
import { RunBeacon } from './run-beacon.js';
import { RunInterest } from './run-interest.js';
import { SharedRows } from './shared-rows.fixture.js';

/** One replica's side of the logs. */
export class LoggingReplica {
  readonly wired: WiredReplica;
  readonly feed = new RunFeed();
  readonly results = new RunResults();
  readonly interest: RunInterest;
  readonly log: RunLog;
  readonly table: LogTable;
  readonly remote: RemoteRuns;
  readonly ends: RemoteEnds;

  constructor(rows: SharedRows, wire: ReplicaWire, clock: ManualClock) {
    this.wired = wire.join();
    const notifications: Notifications = this.wired.notifications;
    this.interest = new RunInterest(notifications, this.wired.replicas, clock);
    const beacon = new RunBeacon(this.interest, notifications);
    this.table = new LogTable(rows.eventStore, clock, beacon);
    this.log = new RunLog(this.table, this.feed);
    this.remote = new RemoteRuns(notifications, this.interest, rows.runStore, this.log, this.table, clock);
    this.ends = new RemoteEnds(this.remote, this.feed, this.results, rows.runStore, rows.controlStore, clock);
    for (const part of [this.interest, this.remote, this.ends]) part.onModuleInit();
  }
}

export const RUN: LoggedRun = {
  runId: '01900000-0000-7000-8000-000000000001',
  userId: 'ann',
  agentKey: 'default',
  sessionKey: 'agent:default:s',
};

/** The row of {@link RUN}. */
export function recordOf(values: Partial<RunRecord> = {}): RunRecord {
  return {
    id: RUN.runId,
    state: 'running',
    sessionId: undefined,
    sessionKey: RUN.sessionKey,
    agentId: 'a',
    agentKey: RUN.agentKey,
    userId: RUN.userId,
    origin: 'ws',
    requestHash: undefined,
    input: { messages: [], stream: true },
    attempt: 1,
    content: '',
    cut: undefined,
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    error: undefined,
    mergedInto: undefined,
    createdAt: new Date(0),
    finishedAt: undefined,
    ...values,
  };
}

/** Two replicas on the same rows. */
export function twoReplicas(): {
  readonly rows: SharedRows;
  readonly wire: ReplicaWire;
  readonly clock: ManualClock;
  readonly here: LoggingReplica;
  readonly there: LoggingReplica;
} {
  const [rows, wire, clock] = [new SharedRows(), new ReplicaWire(), new ManualClock()];
  rows.runs.set(RUN.runId, recordOf());
  return {
    rows,
    wire,
    clock,
    here: new LoggingReplica(rows, wire, clock),
    there: new LoggingReplica(rows, wire, clock),
  };
}
