import { Logger } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Queryable } from '../database/statement.js';
import { type FramedMessage, packFrames, readFrame, UNNUMBERED } from './notification-frame.js';
import {
  NOTIFICATION_MAX_BYTES,
  NOTIFICATION_TOPICS,
  type NotificationListener,
  Notifications,
  type NotificationTopic,
} from './notifications.js';
import { MESSAGES_CHANNEL, type ReplicaLink } from './replica-link.js';
import type { Replicas } from './replicas.js';

/** What is published within this time goes out together: every NOTIFY serialises with other commits. */
export const BATCH_MS = 20;

/** Messages that wait for a slow database; with one more all of them are dropped, and the others learn of a gap. */
export const WAITING_MAX = 10_000;

/** Senders whose last number is known. */
const SENDERS_MAX = 1_000;

const NOTIFY = `SELECT pg_notify('${MESSAGES_CHANNEL}', frame) FROM unnest($1::text[]) AS frame`;

/** Messages between replicas by LISTEN on the link and NOTIFY through the pool. */
export class PgNotifications extends Notifications {
  private readonly logger = new Logger('Notifications');
  private readonly listeners = new Map<string, Set<NotificationListener>>();
  private readonly gapListeners = new Set<() => void>();
  /** Number of the last frame of each sender. */
  private readonly lastNumbers = new Map<string, number>();
  private waiting: FramedMessage[] = [];
  private nextNumber = 1;
  private isSending = false;
  private isScheduled = false;

  constructor(
    link: ReplicaLink,
    private readonly database: Queryable,
    private readonly replicas: Replicas,
    private readonly clock: Clock,
  ) {
    super();
    link.onNotification(MESSAGES_CHANNEL, (payload) => this.hear(payload));
    link.onReconnect(() => this.reportGap());
  }

  override publish(topic: NotificationTopic, message: string): void {
    requireSendable(message);
    if (!this.replicas.hasPeers) return;
    if (this.waiting.length >= WAITING_MAX) this.drop();
    this.waiting.push({ topic, message });
    this.schedule();
  }

  override async publishWith(
    tx: Queryable,
    topic: NotificationTopic,
    messages: readonly string[],
  ): Promise<void> {
    if (messages.length === 0) return;
    messages.forEach(requireSendable);
    // Also while no peer is known: one may have read what is being changed and not be seen yet.
    const frames = packFrames(
      this.replicas.id,
      UNNUMBERED,
      messages.map((message) => ({ topic, message })),
    );
    await tx.query(NOTIFY, [frames]);
  }

  override subscribe(topic: NotificationTopic, listener: NotificationListener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  override onGap(listener: () => void): () => void {
    this.gapListeners.add(listener);
    return () => void this.gapListeners.delete(listener);
  }

  private schedule(): void {
    if (this.isScheduled || this.isSending || this.waiting.length === 0) return;
    this.isScheduled = true;
    this.clock.after(BATCH_MS, () => {
      this.isScheduled = false;
      void this.send();
    });
  }

  /** One after the other, so that their order stays. */
  private async send(): Promise<void> {
    const messages = this.waiting;
    this.waiting = [];
    const frames = packFrames(this.replicas.id, this.nextNumber, messages);
    this.nextNumber += frames.length;
    this.isSending = true;
    try {
      await this.database.query(NOTIFY, [frames]);
    } catch (error) {
      this.logger.warn(`${messages.length} notifications were lost: ${String(error)}`);
    } finally {
      this.isSending = false;
      this.schedule();
    }
  }

  private drop(): void {
    this.logger.warn(`${this.waiting.length} notifications were dropped: the database is too slow`);
    this.waiting = [];
    this.nextNumber += 1;
  }

  private hear(payload: string): void {
    const frame = readFrame(payload);
    if (!frame) return this.logger.debug('a notification of somebody else was ignored');
    const { sender, number, messages } = frame;
    if (sender === this.replicas.id) return;
    for (const { topic, message } of messages) this.tell(topic, message, sender);
    if (number === UNNUMBERED) return;
    const last = this.lastNumbers.get(sender);
    this.rememberNumber(sender, number);
    if (last !== undefined && number > last + 1) this.reportGap();
  }

  private rememberNumber(sender: string, number: number): void {
    const [oldest] = this.lastNumbers.keys();
    // The oldest leaves first: who sends is moved to the end.
    this.lastNumbers.delete(sender);
    if (this.lastNumbers.size >= SENDERS_MAX && oldest !== undefined) this.lastNumbers.delete(oldest);
    this.lastNumbers.set(sender, number);
  }

  private tell(topic: string, message: string, sender: string): void {
    if (!NOTIFICATION_TOPICS.some((known) => known === topic)) return;
    for (const listener of this.listeners.get(topic) ?? []) {
      try {
        listener(message, sender);
      } catch (error) {
        this.logger.error(`a listener to ${topic} failed: ${String(error)}`);
      }
    }
  }

  private reportGap(): void {
    for (const listener of this.gapListeners) listener();
  }
}

/** @throws RangeError */
function requireSendable(message: string): void {
  const bytes = Buffer.byteLength(message);
  if (bytes <= NOTIFICATION_MAX_BYTES && !message.includes('\0')) return;
  throw new RangeError(
    `A notification of ${bytes} bytes: at most ${NOTIFICATION_MAX_BYTES}, and no NUL, can be sent.`,
  );
}
