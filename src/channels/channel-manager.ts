import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { ChannelRegistry } from './channel-registry.js';
import { ChannelReceiver } from './intake/channel-receiver.js';
import { OutboxDispatcher } from './outbox/outbox-dispatcher.js';

/** Starts and stops the channels of this replica. */
@Injectable()
export class ChannelManager implements OnModuleDestroy {
  private readonly logger = new Logger('Channels');
  private readonly stopping = new AbortController();
  private receiving: Promise<unknown> | undefined;

  constructor(
    private readonly registry: ChannelRegistry,
    private readonly receiver: ChannelReceiver,
    private readonly dispatcher: OutboxDispatcher,
  ) {}

  /** Whether messages are taken. */
  get isReceiving(): boolean {
    return this.receiving !== undefined && !this.stopping.signal.aborted;
  }

  /** Begins to receive and to send. Idempotent; nothing after a stop. */
  start(): void {
    if (this.receiving || this.stopping.signal.aborted) return;
    const { signal } = this.stopping;
    this.receiving = Promise.all(this.registry.list().map((channel) => this.receive(channel, signal)));
    this.dispatcher.start();
  }

  /** Takes no more messages; what was kept and not accepted is for another replica or the next start. Idempotent. */
  async stopReceiving(): Promise<void> {
    this.stopping.abort();
    await this.receiving;
  }

  /** Receives and sends no more. For after the end of the runs, whose replies still go. Idempotent. */
  async stop(): Promise<void> {
    await this.stopReceiving();
    await this.dispatcher.stop();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  private async receive(channel: Parameters<ChannelReceiver['run']>[0], signal: AbortSignal): Promise<void> {
    try {
      await this.receiver.run(channel, signal);
    } catch (error) {
      this.logger.error(`channel ${channel.name} is not polled any more`, error);
    }
  }
}
