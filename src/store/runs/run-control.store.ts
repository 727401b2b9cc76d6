import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import type { ErrorCode } from '#protocol';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import {
  ABORT_QUEUED,
  ASK_OLDER_TO_ABORT,
  ASK_TO_ABORT,
  ENDED,
  OLDER_WAITING,
  OPEN_RUNS,
  RUNNING_AGENTS,
} from './control.statements.js';
import type { RunEntity } from './run.entity.js';
import { toLeftRun } from './run-rows.js';
import type { NewRun } from './run-types.js';

/** Which of a caller's open runs are meant. */
export interface OpenRunSelector {
  readonly runId?: string;
  readonly sessionKey?: string;
  /** But not these. */
  readonly except: readonly string[];
}

/** What is written to the row of a run that is stopped before it got a turn. */
export interface StopNote {
  readonly message: string;
  readonly code: ErrorCode;
}

interface Id {
  id: string;
}

/** Open runs, whichever replica has them: finding and stopping them. */
@Injectable()
export class RunControlStore {
  constructor(private readonly database: Database) {}

  /**
   * Stops the caller's runs that are meant: waiting ones end here, going ones are marked, for their owner to be told.
   * Returns the ids of both.
   */
  async abort(
    caller: Caller,
    { runId, sessionKey, except }: OpenRunSelector,
    reason: string,
    note: StopNote,
  ): Promise<{ readonly ended: string[]; readonly asked: string[] }> {
    if (runId !== undefined && !isUuid(runId)) return { ended: [], asked: [] };
    const meant = [ownerOf(caller), except, runId ?? null, sessionKey ?? null];
    const own = this.database.as(caller);
    const ended = await own.query<Id>(ABORT_QUEUED, [...meant, note.message, note.code]);
    const asked = await own.query<Id>(ASK_TO_ABORT, [...meant, reason]);
    return { ended: idsOf(ended), asked: idsOf(asked) };
  }

  /** What was accepted before a run in its session: what waits, and what goes and is marked to be stopped. */
  async inTheWayOf(
    sessionId: string,
    runId: string,
    reason: string,
  ): Promise<{ readonly waiting: NewRun[]; readonly asked: string[] }> {
    const waiting = await this.database.query<RunEntity>(OLDER_WAITING, [sessionId, runId]);
    const asked = await this.database.query<Id>(ASK_OLDER_TO_ABORT, [sessionId, runId, reason]);
    return { waiting: waiting.map((row) => toLeftRun(row).run), asked: idsOf(asked) };
  }

  /** Ids of the caller's runs of an agent that go or wait. */
  async open(caller: Caller, agentKey: string): Promise<string[]> {
    return idsOf(await this.database.as(caller).query<Id>(OPEN_RUNS, [ownerOf(caller), agentKey]));
  }

  /** Keys of the agents of which the caller has a run that goes or waits. */
  async runningAgents(caller: Caller): Promise<string[]> {
    const rows = await this.database
      .as(caller)
      .query<{ agent_key: string }>(RUNNING_AGENTS, [ownerOf(caller)]);
    return rows.map((row) => row.agent_key);
  }

  /** Those of these runs that have ended, or were withdrawn. */
  async ended(runIds: readonly string[]): Promise<string[]> {
    return idsOf(await this.database.query<Id>(ENDED, [runIds]));
  }
}

function idsOf(rows: readonly Id[]): string[] {
  return rows.map(({ id }) => id);
}
