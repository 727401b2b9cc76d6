import { Injectable, Logger } from '@nestjs/common';
import { AgentError, type RunHandle, RunService } from '#agent';
import { ConfigService } from '#config';
import type { Channel } from '#contracts';
import { RateLimiter } from '#permissions';
import { InboundStore, type PendingMessage } from '#store';
import { ChannelsConfig } from '../channels.config.js';
import { callerOf, CHANNEL_OPERATION, requestOf } from './channel-request.js';
import { refusalOf } from './refusal.js';

/**
 * A message as old as this may have had its run before a crash, and its idempotency key may have passed on (keys are
 * kept for a day): its run is looked for first.
 */
const OLD_MS = 3_600_000;

/** Turns kept messages into runs. */
@Injectable()
export class MessageIntake {
  private readonly logger = new Logger('Channels');

  constructor(
    private readonly runs: RunService,
    private readonly inbound: InboundStore,
    private readonly config: ConfigService,
    private readonly limiter: RateLimiter,
  ) {}

  /** Accepts or refuses a message, safe to repeat. Returns how long to wait before it is tried again, if so. */
  async take(channel: Channel, pending: PendingMessage): Promise<number | undefined> {
    try {
      const { runId } = await this.runOf(channel, pending);
      await this.inbound.accept(pending.id, runId);
      return undefined;
    } catch (error) {
      return this.refuse(channel, pending, error);
    }
  }

  private async runOf(channel: Channel, pending: PendingMessage): Promise<RunHandle> {
    const { inbound_debounce_ms: debounceMs } = this.config.get(ChannelsConfig);
    const request = requestOf(channel, pending.id, pending.message, debounceMs);
    const earlier = pending.ageMs > OLD_MS ? await this.earlierRun(channel, pending) : undefined;
    if (earlier) return earlier;
    this.limiter.take(request.caller);
    try {
      return await this.runs.submit(request);
    } catch (error) {
      // The agent that was asked first is no longer the one that is asked now; the message has its run.
      if (!(error instanceof AgentError) || error.reason !== 'key-reused') throw error;
      return (await this.earlierRun(channel, pending)) ?? Promise.reject(error);
    }
  }

  private async earlierRun(
    channel: Channel,
    { id, message }: PendingMessage,
  ): Promise<RunHandle | undefined> {
    const caller = callerOf(channel.name, message);
    try {
      return await this.runs.attach(caller, { operation: CHANNEL_OPERATION, idempotencyKey: id });
    } catch (error) {
      if (error instanceof AgentError && error.reason === 'run-not-found') return undefined;
      throw error;
    }
  }

  private async refuse(
    channel: Channel,
    pending: PendingMessage,
    error: unknown,
  ): Promise<number | undefined> {
    const refusal = refusalOf(error, pending);
    const { id, message } = pending;
    if ('retryAfterMs' in refusal) {
      this.logger.warn(`channel ${channel.name}: message ${id} waits: ${String(error)}`);
      await this.inbound.defer(id, String(error)).catch(() => undefined);
      return refusal.retryAfterMs;
    }
    this.logger.warn(`channel ${channel.name}: message ${id} is refused: ${refusal.reason}`);
    const { userId } = callerOf(channel.name, message);
    const reply = { chat: message.chat, text: refusal.reply, replyTo: message.platformMessageId };
    await this.inbound.reject(id, { reason: refusal.reason, userId, reply });
    return undefined;
  }
}
