import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid, newId } from '#kernel';
import type { ErrorCode } from '#protocol';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/pg-errors.js';
import { toJsonb, toText } from '../jsonb.js';
import { messageRecords, type NewMessage } from '../sessions/message-rows.js';
import {
  ACCEPT,
  ACCEPT_AND_START,
  ACCEPT_AND_START_UNSTORED,
  PLACE,
  RELEASE_KEY,
  WITHDRAW,
} from './accept.statements.js';
import { FIND, FIND_BY_KEY, READ } from './find.statements.js';
import { OWN_LEASE, START, WAITS } from './lease.statements.js';
import { RunEntity } from './run.entity.js';
import { type LeaseRow, runParams, toLease, toRunRecord } from './run-rows.js';
import {
  APPEND_STEP,
  APPEND_STEP_UNSTORED,
  CLOSE_QUEUED,
  FINISH,
  FINISH_UNSTORED,
  FINISHED,
  PRUNE,
  WRITTEN_STEP,
} from './step.statements.js';
import type {
  Lease,
  LeaseTerms,
  NewRun,
  OutboxMessage,
  RunEnd,
  RunProgress,
  RunRecord,
} from './run-types.js';

/** Sequence number of the first message that a statement appended; a bigint comes as a string. */
interface FirstSeq {
  first_seq: string | number;
}

/** Of two running runs of one session the second is refused. */
const ONE_RUNNING = 'idx_runs_session_running';

/** Rows of `runs`: the one authority on which run may work on which session. */
@Injectable()
export class RunStore {
  constructor(private readonly database: Database) {}

  /**
   * Writes a waiting run, which `owner` keeps; safe to repeat. Returns its place in the order of acceptance;
   * `undefined`: another run with this idempotency key exists, or the session is gone.
   */
  async accept(run: NewRun, owner: string): Promise<number | undefined> {
    await this.releaseOldKey(run);
    const params = [...runParams(run), 'queued', owner];
    const [written] = await this.once(() => this.database.query<Place>(ACCEPT, params), 'runs_pkey');
    const [place] = written ? [written] : await this.database.query<Place>(PLACE, [run.id]);
    return place && Number(place.position);
  }

  /**
   * Writes a run and gives it its turn in one statement: row, lease and user messages. Safe to repeat by the same
   * owner. `undefined`, nothing written: another run with this idempotency key exists, the session is gone, or other
   * runs are open in it.
   */
  async acceptAndStart(run: NewRun, terms: LeaseTerms): Promise<Lease | undefined> {
    await this.releaseOldKey(run);
    const messages = run.sessionId ? run.input.messages : [];
    const params = [
      ...runParams(run),
      'running',
      terms.owner,
      terms.limitMs,
      messages.length,
      toJsonb(messageRecords(messages)),
    ];
    const [row] = await this.once(
      () =>
        run.sessionId
          ? this.database.query<LeaseRow>(ACCEPT_AND_START, params)
          : this.database.query<LeaseRow>(ACCEPT_AND_START_UNSTORED, params.slice(0, 23)),
      'runs_pkey',
      ONE_RUNNING,
    );
    return row ? toLease(run.id, row) : this.ownLease(run.id, terms.owner, messages.length);
  }

  /**
   * Gives a waiting run its turn, appends its messages, and makes the waiting runs `merged` part of it. Safe to
   * repeat by the same owner. `not-yet`: it is not its turn, or `merged` do not stand right behind it any more;
   * `gone`: it waits here no longer.
   */
  async start(
    runId: string,
    messages: readonly NewMessage[],
    terms: LeaseTerms,
    merged: readonly string[] = [],
  ): Promise<Lease | 'not-yet' | 'gone'> {
    const { owner, limitMs } = terms;
    const params = [runId, owner, limitMs, messages.length, toJsonb(messageRecords(messages)), merged];
    const [row] = await this.once(() => this.database.query<LeaseRow>(START, params), ONE_RUNNING);
    const lease = row ? toLease(runId, row) : await this.ownLease(runId, owner, messages.length);
    if (lease) return lease;
    return (await this.database.query(WAITS, [runId, owner])).length > 0 ? 'not-yet' : 'gone';
  }

  /** Removes a run whose acceptance was refused, with its messages: nobody was told that it exists. */
  async withdraw(runId: string): Promise<void> {
    await this.database.query(WITHDRAW, [runId]);
  }

  /**
   * Writes a step of a run: what it said or learned, and how far it is. Safe to repeat with the same messages.
   * Returns the first sequence number (0: the conversation is not stored); `undefined`: the lease is lost, nothing
   * was written.
   */
  async append(
    lease: Lease,
    messages: readonly NewMessage[],
    progress: RunProgress,
  ): Promise<number | undefined> {
    const [first] = messages;
    const written = toJsonb(progress);
    const { runId, epoch } = lease;
    if (!lease.session) {
      const params = [runId, epoch, toJsonb(messages), toJsonb([{ id: first?.id }]), written];
      return firstSeqOf(await this.database.query<FirstSeq>(APPEND_STEP_UNSTORED, params));
    }
    const id = first?.id ?? null;
    const params = [runId, epoch, messages.length, toJsonb(messageRecords(messages)), id, written];
    const rows = await this.database.query<FirstSeq>(APPEND_STEP, params);
    if (rows.length > 0 || id === null) return firstSeqOf(rows);
    return firstSeqOf(await this.database.query<FirstSeq>(WRITTEN_STEP, [runId, epoch, id]));
  }

  /**
   * Ends a run: row, messages, totals of its session, reply. Safe to repeat. Returns the first sequence number of
   * the messages (0: none was appended by this call); `undefined`: the lease is lost, nothing was written.
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
      ...replyParams(end.reply),
    ];
    // The reply of a run whose session was deleted is written too.
    const isWhole = lease.session !== undefined || end.reply !== undefined;
    const rows = isWhole
      ? await this.database.query<FirstSeq>(FINISH, params)
      : await this.database.query<FirstSeq>(FINISH_UNSTORED, params.slice(0, 7));
    if (rows.length > 0) return firstSeqOf(rows);
    return firstSeqOf(await this.database.query<FirstSeq>(FINISHED, [lease.runId, lease.epoch, end.state]));
  }

  /** Ends a run that never got its turn. `false`: it waits no longer. */
  async closeQueued(
    runId: string,
    state: 'failed' | 'aborted' | 'dropped',
    message: string,
    code: ErrorCode,
    reply?: OutboxMessage,
  ): Promise<boolean> {
    const params = [runId, state, toText(message), code, ...replyParams(reply)];
    return (await this.database.query(CLOSE_QUEUED, params)).length > 0;
  }

  async find(caller: Caller, runId: string): Promise<RunRecord | undefined> {
    const owner = ownerOf(caller);
    if (!isUuid(runId)) return undefined;
    return this.record(await this.database.as(caller).query(FIND, [runId, owner]));
  }

  /** Any run, for the program itself: what of it is shown to whom is the caller's to decide. */
  async read(runId: string): Promise<RunRecord | undefined> {
    return this.record(await this.database.query(READ, [runId]));
  }

  async findByKey(caller: Caller, operation: string, idempotencyKey: string): Promise<RunRecord | undefined> {
    const params = [ownerOf(caller), operation, toText(idempotencyKey)];
    return this.record(await this.database.as(caller).query(FIND_BY_KEY, params));
  }

  private record(rows: readonly object[]): RunRecord | undefined {
    const [run] = this.database.hydrate(RunEntity, rows.slice(0, 1));
    return run && toRunRecord(run);
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

  /** The rows of a write; none when one of these constraints refused it. */
  private async once<Row>(write: () => Promise<Row[]>, ...constraints: string[]): Promise<Row[]> {
    try {
      return await write();
    } catch (error) {
      if (constraints.some((constraint) => isUniqueViolation(error, constraint))) return [];
      throw error;
    }
  }

  /** An idempotency key is kept for 24 hours; after that it may name another run. */
  private async releaseOldKey(run: NewRun): Promise<void> {
    if (run.idempotencyKey === undefined) return;
    await this.database.query(RELEASE_KEY, [run.caller.userId, run.operation, run.idempotencyKey]);
  }
}

/** A bigint comes as a string. */
interface Place {
  position: string;
}

function firstSeqOf([row]: readonly FirstSeq[]): number | undefined {
  return row && Number(row.first_seq);
}

function replyParams(reply: OutboxMessage | undefined): unknown[] {
  return reply ? [newId(), toJsonb(reply)] : [null, null];
}
