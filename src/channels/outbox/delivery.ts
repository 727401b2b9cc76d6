import { Injectable, Logger } from '@nestjs/common';
import type { Channel } from '#contracts';
import { Clock } from '#kernel';
import { type ClaimedMessage, Database, type DeliveryClaim, JobQueue, OutboxStore } from '#store';
import { type DeliveryOutcome, failedOutcome, verdictOf } from './delivery-outcome.js';

/** Longest attempt. */
export const SEND_TIMEOUT_MS = 30_000;

/** One attempt at a message, and the record of what became of it. */
@Injectable()
export class Delivery {
  private readonly logger = new Logger('Channels');

  constructor(
    private readonly outbox: OutboxStore,
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Sends and records. While the database is away the record waits for it, until `signal` aborts. Never rejects. */
  async attempt(channel: Channel, claimed: ClaimedMessage, signal: AbortSignal): Promise<void> {
    await this.record(channel, claimed, await this.send(channel, claimed, signal), signal);
  }

  /** Writes what became of an attempt, unless the claim is void. Never rejects. */
  async record(
    channel: Channel,
    claim: DeliveryClaim,
    outcome: DeliveryOutcome,
    signal: AbortSignal,
  ): Promise<void> {
    const verdict = verdictOf(outcome, claim, channel.delivery);
    try {
      if ('state' in verdict) {
        await this.database.insist(() => this.outbox.end(claim, verdict), signal);
        if (verdict.state !== 'sent') this.warn(claim, verdict.state, verdict.error);
        return;
      }
      const state = await this.database.insist(() => this.outbox.retry(claim, verdict), signal);
      if (state === 'pending') await this.wakeLater(claim, verdict.delayMs);
      else if (state) this.warn(claim, state, verdict.error);
    } catch (error) {
      this.warn(claim, outcome.kind, `this could not be recorded: ${String(error)}`);
    }
  }

  private async send(
    channel: Channel,
    { message }: ClaimedMessage,
    stop: AbortSignal,
  ): Promise<DeliveryOutcome> {
    const limit = new AbortController();
    const cancel = this.clock.after(SEND_TIMEOUT_MS, () => limit.abort(new Error('no answer in time')));
    const signal = AbortSignal.any([stop, limit.signal]);
    try {
      // An adapter that does not listen to its signal is not waited for.
      const { receipt } = await Promise.race([channel.send(message, signal), aborted(signal)]);
      return { kind: 'sent', ...(receipt !== undefined && { receipt }) };
    } catch (error) {
      return failedOutcome(error);
    } finally {
      cancel();
    }
  }

  /** Without the job the message is found by the next look at the table. */
  private async wakeLater({ id }: DeliveryClaim, delayMs: number): Promise<void> {
    await this.jobs.add('outbox.deliver', id, { delayMs }).catch(() => undefined);
  }

  private warn({ id, channel, attempts }: DeliveryClaim, state: string, error: string): void {
    this.logger.warn(`channel ${channel}: delivery ${id}, attempt ${attempts}: ${state}: ${error}`);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
