import { Injectable } from '@nestjs/common';
import type { InboundMessage, OutboundMessage } from '#contracts';
import { newId } from '#kernel';
import { Database } from '../database/database.js';
import { toJsonb, toText } from '../jsonb.js';
import { ACCEPT, DEFER, PENDING, PRUNE, RECEIVE, REJECT } from './inbound.statements.js';

/** A message that no run was accepted for yet. */
export interface PendingMessage {
  /** The idempotency key of its run. */
  readonly id: string;
  readonly chatId: string;
  readonly message: InboundMessage;
  /** Tries before this one that were put off. */
  readonly attempts: number;
  /** Since its arrival, by the clock of the database. */
  readonly ageMs: number;
}

/** What the writer of a message is told, and on whose account. */
export interface Rejection {
  readonly reason: string;
  readonly userId: string;
  readonly reply: Omit<OutboundMessage, 'deliveryKey'>;
}

/** Rows of `inbound_messages`. Every write may be repeated. */
@Injectable()
export class InboundStore {
  constructor(private readonly database: Database) {}

  /** Keeps a message. `false`: it came before. */
  async receive(channel: string, message: InboundMessage): Promise<boolean> {
    const { platformMessageId, chat, sender } = message;
    const params = [newId(), channel, platformMessageId, chat.id, sender.id, toJsonb(message)];
    return (await this.database.query(RECEIVE, params)).length > 0;
  }

  /** The oldest messages of a channel that wait, but those of chats that are `busy`; in order of their arrival. */
  async pending(channel: string, busy: readonly string[], limit: number): Promise<PendingMessage[]> {
    return this.database.query<PendingMessage>(PENDING, [channel, busy, limit]);
  }

  /** The message has its run. */
  async accept(id: string, runId: string): Promise<void> {
    await this.database.query(ACCEPT, [id, runId]);
  }

  /** The message will never have a run: its writer is told, in the same transaction. */
  async reject(id: string, { reason, userId, reply }: Rejection): Promise<void> {
    await this.database.query(REJECT, [id, toText(reason), newId(), userId, toJsonb(reply)]);
  }

  /** The message waits on, for this reason. */
  async defer(id: string, reason: string): Promise<void> {
    await this.database.query(DEFER, [id, toText(reason)]);
  }

  /** Removes what arrived more than `days` ago, but what waits; returns how many. */
  async prune(days: number): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(PRUNE, [days]);
    return Number(row?.count ?? 0);
  }
}
