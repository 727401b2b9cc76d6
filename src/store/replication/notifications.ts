import type { Queryable } from '../database/statement.js';

/** What replicas tell each other about. */
export const NOTIFICATION_TOPICS = ['runs', 'interest', 'control', 'bus', 'approvals'] as const;
export type NotificationTopic = (typeof NOTIFICATION_TOPICS)[number];

/** Called with a message of another replica, and that replica's id. Must be quick and not throw. */
export type NotificationListener = (message: string, from: string) => void;

/** Longest message, in bytes of UTF-8: PostgreSQL takes 8,000 for a whole notification. */
export const NOTIFICATION_MAX_BYTES = 7_000;

/**
 * Messages to all other replicas, never to the sender itself. Best effort: a message is lost when a connection is,
 * so whoever listens must be able to find out by looking at tables ({@link onGap}). Identifiers only, no content.
 */
export abstract class Notifications {
  /**
   * Sends soon, together with what else is sent within some milliseconds. Dropped where there is nobody to hear it,
   * or no database. @throws RangeError for a message of more than {@link NOTIFICATION_MAX_BYTES}.
   */
  abstract publish(topic: NotificationTopic, message: string): void;

  /**
   * Sends with the commit of a transaction, or not at all: what it tells of cannot happen without it. No order is kept
   * with what is sent otherwise. @throws RangeError as {@link publish}
   */
  abstract publishWith(tx: Queryable, topic: NotificationTopic, messages: readonly string[]): Promise<void>;

  /** Returns what ends the subscription. */
  abstract subscribe(topic: NotificationTopic, listener: NotificationListener): () => void;

  /** Calls back when messages may have been missed: the connection was lost and is back. Returns what ends that. */
  abstract onGap(listener: () => void): () => void;
}
