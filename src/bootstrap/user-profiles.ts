import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AgentProfileStore, Database } from '#store';
import type { Reader } from './context-file.js';
import { ContextFileSource } from './context-file-source.js';

const KNOWN_MAX = 20_000;
/** How exact `last_seen_at` is. */
const TOUCH_EVERY_MS = 5 * 60_000;

/** Who talks to which agent: written down once in a while, and with the first time come the user's own files. */
@Injectable()
export class UserProfiles {
  private readonly met = new LRUCache<string, Promise<void>>({ max: KNOWN_MAX, ttl: TOUCH_EVERY_MS });

  constructor(
    private readonly database: Database,
    private readonly profiles: AgentProfileStore,
    private readonly source: ContextFileSource,
  ) {}

  /** Resolves when the user's files are there. */
  meet(reader: Reader): Promise<void> {
    const key = `${reader.agent.id}\0${reader.caller.userId}`;
    const known = this.met.get(key);
    if (known) return known;
    const meeting = this.write(reader).catch((error: unknown) => {
      this.met.delete(key);
      throw error;
    });
    this.met.set(key, meeting);
    return meeting;
  }

  /** Somebody may have been erased: he is written down anew when he comes back. */
  forget(): void {
    this.met.clear();
  }

  private async write(reader: Reader): Promise<void> {
    await this.database.transactionAs(reader.caller, async (tx) => {
      const isNew = await this.profiles.seen(tx, reader.caller, reader.agent.id);
      if (isNew) await this.source.welcome(tx, reader);
    });
  }
}
