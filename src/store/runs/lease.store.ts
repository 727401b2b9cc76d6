import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import {
  ADOPT,
  ADOPT_NEXT,
  HAS_WAITING,
  LEFT_RUNNING,
  OTHER_OWNERS,
  RELEASE,
  RENEW,
  TAKE_OVER,
  TAKEN_LEASE,
} from './lease.statements.js';
import type { RunEntity } from './run.entity.js';
import { type LeaseRow, toLease, toLeftRun } from './run-rows.js';
import type { Lease, LeaseTerms, LeftRun } from './run-types.js';

/** A lease that was renewed. */
export interface RenewedLease {
  readonly id: string;
  /** Somebody asked to stop the run. */
  readonly abortReason: string | undefined;
}

/** Which replica has which open run: renewing, giving up, taking over. */
@Injectable()
export class LeaseStore {
  constructor(private readonly database: Database) {}

  /** Keeps the leases of a replica's going runs for another 30 s. What is not among the result was lost. */
  async renew(owner: string, runIds: readonly string[]): Promise<RenewedLease[]> {
    const rows = await this.database.query<Pick<RunEntity, 'id' | 'abort_reason'>>(RENEW, [owner, runIds]);
    return rows.map((row) => ({ id: row.id, abortReason: row.abort_reason ?? undefined }));
  }

  /** Leaves everything that a replica has to others, at once. Returns how many runs that are. */
  async release(owner: string): Promise<number> {
    return (await this.database.query(RELEASE, [owner])).length;
  }

  /** Other replicas that open runs belong to, alive or not. */
  async otherOwners(owner: string): Promise<string[]> {
    const rows = await this.database.query<{ owner: string }>(OTHER_OWNERS, [owner]);
    return rows.map((row) => row.owner);
  }

  /**
   * Runs that nobody works on any more, oldest first: their lease has lapsed or was given up, their owner is among
   * `gone`, or they are `owner`'s own and not among `held`.
   */
  async leftRunning(
    owner: string,
    held: readonly string[],
    gone: readonly string[],
    limit: number,
  ): Promise<LeftRun[]> {
    const rows = await this.database.query<RunEntity>(LEFT_RUNNING, [owner, held, gone, limit]);
    return rows.map(toLeftRun);
  }

  /** Takes a left run over, for its next attempt. `undefined`: another replica was faster, or it has ended. */
  async takeOver({ run, epoch }: LeftRun, { owner, limitMs }: LeaseTerms): Promise<Lease | undefined> {
    const params = [run.id, epoch, owner, limitMs];
    const [taken] = await this.database.query<Pick<LeaseRow, 'epoch'>>(TAKE_OVER, params);
    if (!taken) return undefined;
    const [row] = await this.database.query<LeaseRow>(TAKEN_LEASE, [run.id, taken.epoch]);
    return row && toLease(run.id, row);
  }

  /**
   * Takes up to `limit` waiting runs of owners that are gone or have given them up, oldest first; with `known`, also
   * those of `owner` itself that are not among them.
   */
  async adopt(
    owner: string,
    gone: readonly string[],
    limit: number,
    known?: readonly string[],
  ): Promise<LeftRun[]> {
    const rows = await this.database.query<RunEntity>(ADOPT, [owner, gone, limit, known ?? null]);
    return rows.map(toLeftRun).toSorted((a, b) => a.position - b.position);
  }

  /**
   * Takes the next waiting run of a session, whoever has it, when no run of the session is going. Not one whose HTTP
   * client waits where it is.
   */
  async adoptNext(owner: string, sessionId: string): Promise<LeftRun | undefined> {
    const [row] = await this.database.query<RunEntity>(ADOPT_NEXT, [owner, sessionId]);
    return row && toLeftRun(row);
  }

  /** Whether a run waits for the session's turn, on whatever replica. */
  async hasWaiting(sessionId: string): Promise<boolean> {
    return (await this.database.query(HAS_WAITING, [sessionId])).length > 0;
  }
}
