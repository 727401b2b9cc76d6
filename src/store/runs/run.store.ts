import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { ErrorCode } from '#protocol';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/pg-errors.js';
import { toJsonb, toText } from '../jsonb.js';
import { messageRecords, type NewMessage } from '../sessions/message-rows.js';
import { RunEntity, type RunState } from './run.entity.js';
import { type LeaseRow, toLease, toQueuedRun, toRunRecord } from './run-rows.js';
import {
  ACCEPT,
  ACCEPT_AND_START,
  ACCEPT_AND_START_UNSTORED,
  APPEND_STEP,
  CLOSE_QUEUED,
  FINISH,
  FINISH_UNSTORED,
  IS_QUEUED,
  OWN_LEASE,
  PRUNE,
  RELEASE_KEY,
  START,
  TAKE_OVER,
  WITHDRAW,
} from './run.statements.js';
import type { Lease, NewRun, QueuedRun, RunEnd, RunRecord } from './run-types.js';

/** Sequence number of the first message that a statement appended; a bigint comes as a string. */
interface FirstSeq {
  first_seq: string | number;
}

/** Whose lease a run is under, and until when. */
export interface LeaseTerms {
  /** Id of this process. */
  readonly owner: string;
  readonly deadline: Date;
}

/** Rows of `runs`: the one authority on which run may work on which session. */
@Injectable()
export class RunStore {
  constructor(private readonly database: Database) {}

  /** Writes a waiting run; safe to repeat. `false`: another run with this idempotency key exists. */
  async accept(run: NewRun): Promise<boolean> {
    await this.releaseOldKey(run);
    const written = await this.once(() => this.database.query(ACCEPT, [...runParams(run), 'queued']));
    return written.length > 0 || (await this.database.query(IS_QUEUED, [run.id])).length > 0;
  }

  /**
   * Writes a run and gives it its turn in one statement: row, lease and user messages. Safe to repeat by the same
   * owner. `undefined`: another run with this idempotency key exists, or the session is gone.
   */
  async acceptAndStart(run: NewRun, terms: LeaseTerms): Promise<Lease | undefined> {
    await this.releaseOldKey(run);
    const messages = run.sessionId ? run.input.messages : [];
    const params = [
      ...runParams(run),
      'running',
      terms.owner,
      terms.deadline,
      messages.length,
      toJsonb(messageRecords(messages)),
    ];
    const [row] = await this.once(() =>
      run.sessionId
        ? this.database.query<LeaseRow>(ACCEPT_AND_START, params)
        : this.database.query<LeaseRow>(ACCEPT_AND_START_UNSTORED, params.slice(0, 21)),
    );
    return row ? toLease(run.id, row) : this.ownLease(run.id, terms.owner, messages.length);
  }

  /**
   * Gives a queued run its turn, appends its messages, and makes the waiting runs `merged` part of it.
   * Safe to repeat by the same owner. `undefined`: it is no longer queued.
   */
  async start(
    runId: string,
    messages: readonly NewMessage[],
    terms: LeaseTerms,
    merged: readonly string[] = [],
  ): Promise<Lease | undefined> {
    const params = [
      runId,
      terms.owner,
      terms.deadline,
      messages.length,
      toJsonb(messageRecords(messages)),
      merged,
    ];
    const [row] = await this.database.query<LeaseRow>(START, params);
    return row ? toLease(runId, row) : this.ownLease(runId, terms.owner, messages.length);
  }

  /** Removes a run whose acceptance was refused, with its messages: nobody was told that it exists. */
  async withdraw(runId: string): Promise<void> {
    await this.database.query(WITHDRAW, [runId]);
  }

  /**
   * Appends what a run said or learned; safe to repeat with the same messages.
   * Returns the first sequence number; `undefined`: the lease is lost, nothing was written.
   */
  async append(lease: Lease, messages: readonly NewMessage[]): Promise<number | undefined> {
    const ids = messages.map(({ id }) => id);
    const params = [
      lease.runId,
      lease.epoch,
      messages.length,
      toJsonb(messageRecords(messages)),
      ids[0] ?? null,
    ];
    const [row] = await this.database.query<{ first_seq: string }>(APPEND_STEP, params);
    return row && Number(row.first_seq);
  }

  /**
   * Ends a run: row, messages, totals of its session. Safe to repeat. Returns the first sequence number of the
   * messages (0: none was appended by this call); `undefined`: the lease is lost, nothing was written.
   */
  async finish(lease: Lease, end: RunEnd): Promise<number | undefined> {
    const params = [
      lease.runId,
      lease.epoch,
      end.state,
      toJsonb({ content: end.content, ...(end.cut && { cut: end.cut }) }),
      end.error ? toText(end.error.message) : null,
      end.error?.code ?? null,
      toJsonb(end.usage),
      lease.session ? end.messages.length : 0,
      toJsonb(messageRecords(end.messages)),
      end.usage.prompt_tokens,
      end.usage.completion_tokens,
      end.provider ?? null,
      end.model ?? null,
    ];
    const unstored = lease.session
      ? []
      : await this.database.query<FirstSeq>(FINISH_UNSTORED, params.slice(0, 7));
    const [row] = unstored.length > 0 ? unstored : await this.database.query<FirstSeq>(FINISH, params);
    return row && Number(row.first_seq);
  }

  /** Ends a run that never got its turn. `false`: it is no longer queued. */
  async closeQueued(
    runId: string,
    state: 'failed' | 'aborted' | 'dropped',
    message: string,
    code: ErrorCode,
  ): Promise<boolean> {
    return (await this.database.query(CLOSE_QUEUED, [runId, state, toText(message), code])).length > 0;
  }

  async find(caller: Caller, runId: string): Promise<RunRecord | undefined> {
    const owned = { id: runId, user_id: ownerOf(caller) };
    if (!isUuid(runId)) return undefined;
    const row = await this.database.read(RunEntity, (runs) => runs.findOneBy(owned));
    return row ? toRunRecord(row) : undefined;
  }

  async findByKey(caller: Caller, operation: string, idempotencyKey: string): Promise<RunRecord | undefined> {
    const owned = { user_id: ownerOf(caller), operation, idempotency_key: idempotencyKey };
    const row = await this.database.read(RunEntity, (runs) => runs.findOneBy(owned));
    return row ? toRunRecord(row) : undefined;
  }

  /** Runs that wait, oldest first: what a restarted gateway takes up. */
  async queued(limit: number): Promise<QueuedRun[]> {
    return this.inState('queued', limit);
  }

  /** Runs that a gone process left running, oldest first. */
  async interrupted(limit: number): Promise<QueuedRun[]> {
    return this.inState('running', limit);
  }

  /** Takes over the lease of a gone process, so that nothing of it can be written any more. */
  async takeOver(runId: string): Promise<Lease | undefined> {
    const [row] = await this.database.query<LeaseRow>(TAKE_OVER, [runId]);
    return row && toLease(runId, row);
  }

  /** Removes ended runs that are older than `days`; returns how many. */
  async prune(days: number): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(PRUNE, [days]);
    return Number(row?.count ?? 0);
  }

  /** The lease that a broken connection kept from its owner. */
  private async ownLease(runId: string, owner: string, messages: number): Promise<Lease | undefined> {
    const [row] = await this.database.query<LeaseRow>(OWN_LEASE, [runId, owner, messages]);
    return row && toLease(runId, row);
  }

  /** The rows of an insert; none when the run is there already. */
  private async once<Row>(insert: () => Promise<Row[]>): Promise<Row[]> {
    try {
      return await insert();
    } catch (error) {
      if (isUniqueViolation(error, 'runs_pkey')) return [];
      throw error;
    }
  }

  private async inState(state: RunState, limit: number): Promise<QueuedRun[]> {
    const rows = await this.database.read(RunEntity, (runs) =>
      runs.find({ where: { state }, order: { created_at: 'ASC', id: 'ASC' }, take: limit }),
    );
    return rows.map(toQueuedRun);
  }

  /** An idempotency key is kept for 24 hours; after that it may name another run. */
  private async releaseOldKey(run: NewRun): Promise<void> {
    if (run.idempotencyKey === undefined) return;
    await this.database.query(RELEASE_KEY, [run.caller.userId, run.operation, run.idempotencyKey]);
  }
}

function runParams(run: NewRun): unknown[] {
  return [
    run.id,
    run.sessionId ?? null,
    run.sessionKey,
    run.agentId,
    run.agentKey,
    ownerOf(run.caller),
    run.caller.tenant ?? null,
    run.caller.role,
    run.caller.scopes,
    run.caller.credential.kind,
    run.caller.credential.id ?? null,
    run.channel ?? null,
    run.lane,
    run.origin,
    run.operation,
    run.idempotencyKey ?? null,
    run.requestHash ?? null,
    toJsonb(run.input),
  ];
}
