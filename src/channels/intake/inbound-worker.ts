import { Logger } from '@nestjs/common';
import type { Channel } from '#contracts';
import type { Clock } from '#kernel';
import type { InboundStore, PendingMessage } from '#store';
import { Alarm } from '../alarm.js';
import type { MessageIntake } from './message-intake.js';

/** Chats of one channel that are worked on at the same time. */
const CHATS_MAX = 64;
/** Rows that are read at once. */
const BATCH_MAX = 100;
/** Rows that another replica kept, or that nobody was woken for, are found after this. */
const POLL_INTERVAL_MS = 2_000;
/** After a failure to say what became of a message. */
const FAILURE_PAUSE_MS = 1_000;

/** Takes the kept messages of one channel: those of a chat one after the other, in the order of their arrival. */
export class InboundWorker {
  private readonly logger = new Logger('Channels');
  private readonly alarm: Alarm;
  private readonly busyChats = new Map<string, Promise<void>>();

  constructor(
    private readonly channel: Channel,
    private readonly inbound: InboundStore,
    private readonly intake: MessageIntake,
    private readonly clock: Clock,
  ) {
    this.alarm = new Alarm(clock);
  }

  /** There is a new row. */
  wake(): void {
    this.alarm.ring();
  }

  /** Until `signal` aborts; what was begun is ended. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const begun = await this.begin(signal);
      if (!begun) await this.alarm.sleep(POLL_INTERVAL_MS, signal);
    }
    await Promise.all(this.busyChats.values());
  }

  /** Begins to work on chats that wait. `false`: there is none, or no room for one. */
  private async begin(signal: AbortSignal): Promise<boolean> {
    if (this.busyChats.size >= CHATS_MAX) return false;
    const rows = await this.read();
    for (const [chatId, messages] of Map.groupBy(rows, (row) => row.chatId)) {
      if (this.busyChats.size >= CHATS_MAX) break;
      const work = this.takeAll(messages, signal).finally(() => {
        this.busyChats.delete(chatId);
        this.alarm.ring();
      });
      this.busyChats.set(chatId, work);
    }
    return rows.length > 0;
  }

  private async read(): Promise<readonly PendingMessage[]> {
    try {
      return await this.inbound.pending(this.channel.name, [...this.busyChats.keys()], BATCH_MAX);
    } catch (error) {
      this.logger.warn(`channel ${this.channel.name}: kept messages cannot be read: ${String(error)}`);
      return [];
    }
  }

  /** Stops at a message that has to wait: it keeps its chat busy for that long, then is read again. */
  private async takeAll(messages: readonly PendingMessage[], signal: AbortSignal): Promise<void> {
    for (const message of messages) {
      if (signal.aborted) return;
      const pauseMs = await this.take(message);
      if (pauseMs === undefined) continue;
      await this.clock.wait(pauseMs, signal).catch(() => undefined);
      return;
    }
  }

  private async take(message: PendingMessage): Promise<number | undefined> {
    try {
      return await this.intake.take(this.channel, message);
    } catch (error) {
      this.logger.warn(`channel ${this.channel.name}: message ${message.id} stays open: ${String(error)}`);
      return FAILURE_PAUSE_MS;
    }
  }
}
