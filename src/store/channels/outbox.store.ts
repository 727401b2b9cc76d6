import { Injectable } from '@nestjs/common';
import type { OutboundMessage } from '#contracts';
import { Database } from '../database/database.js';
import { toText } from '../jsonb.js';
import type { OutboxState } from './outbox-message.entity.js';
import { CLAIM, END, PRUNE, RELEASE, RETRY, SENDING } from './outbox.statements.js';

/** The right to one attempt at a message: every write names it, and a later claim makes it void. */
export interface DeliveryClaim {
  /** The delivery key. */
  readonly id: string;
  readonly channel: string;
  /** This attempt, from 1. */
  readonly attempts: number;
  /** Id of the replica. */
  readonly owner: string;
}

/** A message to be sent now. */
export interface ClaimedMessage extends DeliveryClaim {
  readonly message: OutboundMessage;
}

/** An attempt that nobody has ended yet. */
export interface OpenAttempt extends DeliveryClaim {
  /** Whoever began it has had its time. */
  readonly lapsed: boolean;
}

/** How an attempt ended for good. */
export type DeliveryEnd =
  | { readonly state: 'sent'; readonly receipt?: string }
  | { readonly state: 'failed' | 'unknown'; readonly error: string };

/** When a message is tried again, and what becomes of it when it was tried for long enough. */
export interface RetryTerms {
  readonly error: string;
  readonly delayMs: number;
  readonly attemptsMax: number;
  readonly ageMaxMs: number;
  readonly endState: 'failed' | 'unknown';
}

const RECEIPT_MAX_CHARS = 255;

interface ClaimRow extends DeliveryClaim {
  readonly message: Omit<OutboundMessage, 'deliveryKey'>;
}

/** Rows of `outbox`. All times are those of the database's clock. */
@Injectable()
export class OutboxStore {
  constructor(private readonly database: Database) {}

  /** Claims messages of a channel for `leaseMs`: of each chat the first that is open, oldest first. */
  async claim(owner: string, channel: string, limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
    const rows = await this.database.query<ClaimRow>(CLAIM, [owner, channel, limit, leaseMs]);
    return rows.map((row) => ({ ...row, message: { ...row.message, deliveryKey: row.id } }));
  }

  /** `false`: the claim is void, or this was written already. */
  async end(claim: DeliveryClaim, end: DeliveryEnd): Promise<boolean> {
    const receipt = end.state === 'sent' ? (end.receipt?.slice(0, RECEIPT_MAX_CHARS) ?? null) : null;
    const error = end.state === 'sent' ? null : toText(end.error);
    return (await this.database.query(END, [...fence(claim), end.state, receipt, error])).length > 0;
  }

  /** The state that the message is in then; `undefined`: the claim is void, or this was written already. */
  async retry(claim: DeliveryClaim, terms: RetryTerms): Promise<OutboxState | undefined> {
    const { error, delayMs, attemptsMax, ageMaxMs, endState } = terms;
    const params = [...fence(claim), toText(error), delayMs, attemptsMax, ageMaxMs, endState];
    const [row] = await this.database.query<{ state: OutboxState }>(RETRY, params);
    return row?.state;
  }

  /** Gives back what was claimed and not sent. */
  async release(claim: DeliveryClaim): Promise<void> {
    await this.database.query(RELEASE, fence(claim));
  }

  /** Attempts that have begun and not ended, oldest first. */
  async sending(channels: readonly string[], limit: number): Promise<OpenAttempt[]> {
    return this.database.query<OpenAttempt>(SENDING, [channels, limit]);
  }

  /** Removes what was written more than `days` ago; returns how many. */
  async prune(days: number): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(PRUNE, [days]);
    return Number(row?.count ?? 0);
  }
}

function fence({ id, owner, attempts }: DeliveryClaim): unknown[] {
  return [id, owner, attempts];
}
