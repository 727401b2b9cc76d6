import { Injectable } from '@nestjs/common';
import { InboundStore } from '../channels/inbound.store.js';
import { OutboxStore } from '../channels/outbox.store.js';
import { Database } from '../database/database.js';

/** What chat platforms leave behind. */
@Injectable()
export class ChannelRetention {
  constructor(
    private readonly database: Database,
    private readonly inbox: InboundStore,
    private readonly outbox: OutboxStore,
  ) {}

  /** Removes messages that are older than `days`; returns how many. */
  async pruneMessages(days: number): Promise<number> {
    return (await this.inbox.prune(days)) + (await this.outbox.prune(days));
  }

  /** Removes requests for pairing whose time is up; returns how many. */
  async prunePairingRequests(): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM pairing_requests WHERE expires_at <= now() RETURNING id',
    );
    return rows.length;
  }
}
