import { Injectable, Logger } from '@nestjs/common';
import type { Channel, InboundMessage } from '#contracts';
import { Clock } from '#kernel';
import { ChannelElection, InboundStore } from '#store';
import { ChannelsError } from '../channels.errors.js';
import { checkedMessage } from './checked-message.js';
import { InboundWorker } from './inbound-worker.js';
import { MessageIntake } from './message-intake.js';

/** A channel whose polling failed is polled again after this, doubled each time. */
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 15_000;
/** Polling that went on for so long has worked. */
const HEALTHY_MS = 60_000;

/** An adapter that does not end when it is told to keeps nobody longer than this. */
const FAREWELL_MAX_MS = 3_000;

/** Polls channels: each on the one replica that is elected for it. */
@Injectable()
export class ChannelReceiver {
  private readonly logger = new Logger('Channels');

  constructor(
    private readonly election: ChannelElection,
    private readonly inbound: InboundStore,
    private readonly intake: MessageIntake,
    private readonly clock: Clock,
  ) {}

  /** Until `signal` aborts. Rows that were kept before come first, because they are older. */
  async run(channel: Channel, signal: AbortSignal): Promise<void> {
    await this.election.lead(
      channel.name,
      async (term) => {
        this.logger.log(`channel ${channel.name} is polled by this replica`);
        const worker = new InboundWorker(channel, this.inbound, this.intake, this.clock);
        await Promise.all([worker.run(term), this.poll(channel, worker, term)]);
      },
      signal,
    );
  }

  private async poll(channel: Channel, worker: InboundWorker, signal: AbortSignal): Promise<void> {
    const keep = (message: InboundMessage): Promise<void> => this.keep(channel, worker, message);
    for (let pauseMs = RETRY_MIN_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
      const begun = this.clock.monotonic();
      await this.receive(channel, keep, signal);
      if (this.clock.monotonic() - begun > HEALTHY_MS) pauseMs = RETRY_MIN_MS;
      await this.clock.wait(pauseMs, signal).catch(() => undefined);
    }
  }

  private async receive(
    channel: Channel,
    keep: (message: InboundMessage) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const late = new AbortController();
    const onAbort = (): void => void this.clock.after(FAREWELL_MAX_MS, () => late.abort());
    signal.addEventListener('abort', onAbort);
    const receiving = channel.receive(keep, signal).catch((error: unknown) => {
      if (!signal.aborted) this.logger.warn(`channel ${channel.name}: polling failed: ${String(error)}`);
    });
    await Promise.race([receiving, aborted(late.signal)]);
    signal.removeEventListener('abort', onAbort);
    if (late.signal.aborted)
      this.logger.warn(`channel ${channel.name} does not stop polling; it is left alone`);
  }

  /** A message that cannot be kept at all is passed over: it would come again and again, and others behind it never. */
  private async keep(channel: Channel, worker: InboundWorker, message: InboundMessage): Promise<void> {
    try {
      const isNew = await this.inbound.receive(channel.name, checkedMessage(message));
      if (isNew) worker.wake();
    } catch (error) {
      if (!(error instanceof ChannelsError)) throw error;
      this.logger.error(`channel ${channel.name}: a message is passed over: ${error.message}`);
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
