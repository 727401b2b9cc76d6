import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import { type ClaimedMessage, JobQueue, type OpenAttempt, OutboxStore, Replicas } from '#store';
import { Alarm } from '../alarm.js';
import { ChannelRegistry } from '../channel-registry.js';
import { Delivery } from './delivery.js';

/** Messages that are being sent at the same time: by this replica, and to one channel. */
const SENDS_MAX = 64;
const SENDS_PER_CHANNEL_MAX = 16;

/** An attempt that was not recorded within this is void. Longer than an attempt and its record take. */
const LEASE_MS = 60_000;

/** Messages that nobody was woken for, and attempts that nobody will end, are found after this. */
const POLL_INTERVAL_MS = 2_000;
const OPEN_ATTEMPTS_MAX = 500;

/** Attempts that are going get this long to end when the gateway stops, and then this long to be recorded. */
const STOP_GRACE_MS = 3_000;
const STOP_SETTLE_MS = 1_000;

/**
 * Sends what the outbox holds, to the channels of this replica. Of each chat one message at a time, in order. At least
 * once: what becomes of an attempt whose end nobody knows, see `verdictOf`.
 */
@Injectable()
export class OutboxDispatcher implements OnModuleInit {
  private readonly logger = new Logger('Channels');
  private readonly alarm: Alarm;
  /** Attempts that are going, by delivery key. */
  private readonly going = new Map<string, { readonly channel: string; readonly done: Promise<void> }>();
  private readonly stopping = new AbortController();
  private readonly cutting = new AbortController();
  private loop: Promise<void> | undefined;
  private lookedAt = -Infinity;

  constructor(
    private readonly outbox: OutboxStore,
    private readonly registry: ChannelRegistry,
    private readonly delivery: Delivery,
    private readonly replicas: Replicas,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {
    this.alarm = new Alarm(clock);
  }

  onModuleInit(): void {
    this.jobs.handle('outbox.deliver', async () => this.wake());
  }

  /** Begins to send. Idempotent. */
  start(): void {
    if (this.stopping.signal.aborted || this.registry.list().length === 0) return;
    this.loop ??= this.run(this.stopping.signal);
  }

  /** There may be something to send. */
  wake(): void {
    this.alarm.ring();
  }

  /** Begins no more attempts, and gives those that are going some time to end. Idempotent. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the gateway stops'));
    await this.loop;
    await Promise.race([this.idle(), this.clock.wait(STOP_GRACE_MS)]);
    this.cutting.abort(new Error('the gateway stopped during the attempt'));
    await Promise.race([this.idle(), this.clock.wait(STOP_SETTLE_MS)]);
  }

  private async idle(): Promise<void> {
    await Promise.all([...this.going.values()].map(({ done }) => done));
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failing = false;
    while (!signal.aborted) {
      try {
        await this.endLost(signal);
        await this.begin(signal);
        failing = false;
      } catch (error) {
        if (!failing) this.logger.warn(`the outbox cannot be read: ${String(error)}`);
        failing = true;
      }
      await this.alarm.sleep(POLL_INTERVAL_MS, signal);
    }
  }

  /** Claims and begins as much as there is room for. */
  private async begin(signal: AbortSignal): Promise<void> {
    for (const channel of this.registry.list()) {
      while (!signal.aborted) {
        const limit = this.roomFor(channel.name);
        if (limit <= 0) break;
        const claimed = await this.outbox.claim(this.replicas.id, channel.name, limit, LEASE_MS);
        for (const message of claimed) this.deliver(message);
        if (claimed.length < limit) break;
      }
    }
  }

  private roomFor(channel: string): number {
    const toChannel = [...this.going.values()].filter((attempt) => attempt.channel === channel).length;
    return Math.min(SENDS_PER_CHANNEL_MAX - toChannel, SENDS_MAX - this.going.size);
  }

  private deliver(message: ClaimedMessage): void {
    const channel = this.registry.get(message.channel);
    if (!channel) return;
    const done = this.delivery.attempt(channel, message, this.cutting.signal).finally(() => {
      this.going.delete(message.id);
      this.alarm.ring();
    });
    this.going.set(message.id, { channel: message.channel, done });
  }

  /** Ends attempts that nobody will end: of replicas that are gone, and those that took too long. */
  private async endLost(signal: AbortSignal): Promise<void> {
    if (this.clock.monotonic() - this.lookedAt < POLL_INTERVAL_MS) return;
    this.lookedAt = this.clock.monotonic();
    const names = this.registry.list().map(({ name }) => name);
    const open = await this.outbox.sending(names, OPEN_ATTEMPTS_MAX);
    const others = new Set(open.map(({ owner }) => owner).filter((owner) => owner !== this.replicas.id));
    const gone = others.size > 0 ? await this.replicas.gone([...others]) : [];
    for (const attempt of open) {
      if (signal.aborted) return;
      if (attempt.lapsed || gone.includes(attempt.owner)) await this.endUnknown(attempt, signal);
      // Claimed by a statement whose answer was lost: it was not sent.
      else if (attempt.owner === this.replicas.id && !this.going.has(attempt.id))
        await this.outbox.release(attempt);
    }
  }

  private async endUnknown(attempt: OpenAttempt, signal: AbortSignal): Promise<void> {
    const channel = this.registry.get(attempt.channel);
    if (!channel) return;
    const error = 'the attempt was not ended by whoever began it';
    // Nothing is known against the platform: where it may be asked again, it is at once.
    await this.delivery.record(channel, attempt, { kind: 'unknown', error, retryAfterMs: 0 }, signal);
  }
}
