import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { type AbortReason, RemoteAborts, Scheduler } from '#scheduler';
import { Replicas, RunControlStore, type RunRecord, RunStore } from '#store';
import { loggedRunOf } from '../replicas/remote-runs.js';
import { RemoteEnds } from '../replicas/remote-ends.js';
import type { RunHandle, RunResult } from './run-request.js';
import { isOpen, resultOf, unavailable } from './run-result.js';
import { RunResults } from './run-results.js';

const STOPPING = 'The gateway is shutting down. Ask again shortly.';

/** Which runs are meant: by id, by session, or both. */
export interface RunSelector {
  readonly runId?: string;
  readonly sessionKey?: string;
}

/** Runs that go or wait, here or on another replica: stopping them, and waiting for their ends. */
@Injectable()
export class OpenRuns {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly aborts: RemoteAborts,
    private readonly replicas: Replicas,
    private readonly control: RunControlStore,
    private readonly runs: RunStore,
    private readonly results: RunResults,
    private readonly ends: RemoteEnds,
  ) {}

  handleOf(caller: Caller, record: RunRecord): RunHandle {
    const { id: runId, sessionKey, agentKey } = record;
    return { runId, sessionKey, agentKey, repeated: true, done: this.endOf(caller, record) };
  }

  /** Stops the caller's runs that are meant. Returns their ids. */
  async abort(caller: Caller, selector: RunSelector, reason: AbortReason): Promise<string[]> {
    const here = this.scheduler.open(
      (run) =>
        run.caller.userId === caller.userId &&
        (selector.runId === undefined || run.id === selector.runId) &&
        (selector.sessionKey === undefined || run.sessionKey === selector.sessionKey),
    );
    const aborted = await Promise.all(
      here.map(async ({ id }) => ((await this.scheduler.abort(id, reason)) ? [id] : [])),
    );
    const except = here.map(({ id }) => id);
    // Found here, it is nowhere else; and what an earlier gateway left may not be taken up yet.
    const isAll = except.length > 0 && (selector.runId !== undefined || !this.replicas.hasPeers);
    if (isAll) return aborted.flat();
    return [...aborted.flat(), ...(await this.aborts.abort(caller, { ...selector, except }, reason))];
  }

  /** This process ends: whoever still waits here is told to ask again, elsewhere or soon. */
  leaveAll(): void {
    const here = this.scheduler.open(() => true);
    const elsewhere = this.ends.leaveAll().map(({ runId, sessionKey }) => ({ id: runId, sessionKey }));
    for (const run of [...here, ...elsewhere]) this.results.settle(unavailable(run, STOPPING));
  }

  /** Keys of the agents of which a run is open for the caller. */
  async runningAgents(caller: Caller): Promise<ReadonlySet<string>> {
    const here = this.scheduler
      .open((run) => run.caller.userId === caller.userId)
      .filter(({ id }) => !this.results.hasEnded(id))
      .map(({ agentKey }) => agentKey);
    return new Set([...here, ...(this.replicas.hasPeers ? await this.control.runningAgents(caller) : [])]);
  }

  /** Waits until no run of the agent is open for the caller. `false` when the time ran out. */
  async waitIdle(caller: Caller, agentKey: string, signal: AbortSignal): Promise<boolean> {
    const timedOut = new Promise<'timeout'>((resolve) => {
      signal.addEventListener('abort', () => resolve('timeout'), { once: true });
    });
    for (;;) {
      const open = await this.idsOf(caller, agentKey);
      if (open.length === 0) return true;
      const ended = Promise.all(open.map((id) => this.endOfId(caller, id)));
      if (signal.aborted || (await Promise.race([ended, timedOut])) === 'timeout') return false;
    }
  }

  private async idsOf(caller: Caller, agentKey: string): Promise<string[]> {
    const here = this.scheduler
      .open((run) => run.caller.userId === caller.userId && run.agentKey === agentKey)
      .map(({ id }) => id)
      .filter((id) => !this.results.hasEnded(id));
    if (!this.replicas.hasPeers) return here;
    const everywhere = await this.control.open(caller, agentKey);
    return [...new Set([...here, ...everywhere.filter((id) => !this.results.hasEnded(id))])];
  }

  private async endOfId(caller: Caller, id: string): Promise<void> {
    if (this.isHere(id)) return void (await this.results.expect(id));
    const record = await this.runs.find(caller, id);
    if (record) await this.endOf(caller, record);
  }

  /** How a run ends or has ended. Never rejects. */
  private endOf(caller: Caller, record: RunRecord): Promise<RunResult> {
    const waiting = this.results.waiting(record.id);
    if (waiting) return waiting;
    if (!isOpen(record)) return Promise.resolve(resultOf(record));
    if (!this.results.hasEnded(record.id) && this.isHere(record.id)) return this.results.expect(record.id);
    return this.endSince(caller, record);
  }

  /** The end of a run that was open when its row was read: perhaps no longer, perhaps on another replica. */
  private async endSince(caller: Caller, record: RunRecord): Promise<RunResult> {
    const again = await this.runs.find(caller, record.id).catch(() => undefined);
    return again && !isOpen(again) ? resultOf(again) : this.ends.expect(loggedRunOf(record));
  }

  private isHere(runId: string): boolean {
    return this.scheduler.open(({ id }) => id === runId).length > 0;
  }
}
