import { Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Clock } from '#kernel';
import { ChannelElection } from './channel-election.js';

/** Class of the advisory locks of channels, the first of their two keys: "gocp" in ASCII. */
const CHANNEL_LOCK = 0x676f6370;

/** A replica that was not elected tries again after this. */
const CANDIDATE_INTERVAL_MS = 1_000;
/** The elected one makes sure this often that it still is. */
const TERM_CHECK_INTERVAL_MS = 1_000;

/** A session of PostgreSQL that lasts: session-level locks are its own, and go with it. */
export interface LockSession {
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** Who holds the session-level advisory lock of a channel polls it. A lock goes with its holder's connection. */
export class LockElection extends ChannelElection {
  private readonly logger = new Logger('Channels');

  constructor(
    private readonly session: LockSession,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async lead(
    channel: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const key = lockKey(channel);
    while (!signal.aborted) {
      if (await this.ask('SELECT pg_try_advisory_lock($1, $2) AS yes', key))
        await this.term(channel, work, signal);
      else await this.pause(CANDIDATE_INTERVAL_MS, signal);
    }
  }

  private async term(
    channel: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const key = lockKey(channel);
    const over = new AbortController();
    const watch = this.watch(channel, over);
    try {
      await work(AbortSignal.any([signal, over.signal]));
    } finally {
      over.abort();
      await watch;
      await this.ask('SELECT pg_advisory_unlock($1, $2) AS yes', key);
    }
  }

  /** Ends the term when the lock is no longer this session's: the connection may have been lost and made anew. */
  private async watch(channel: string, over: AbortController): Promise<void> {
    const key = lockKey(channel);
    for (;;) {
      await this.pause(TERM_CHECK_INTERVAL_MS, over.signal);
      if (over.signal.aborted) return;
      if (await this.ask(HELD, key)) continue;
      this.logger.warn(`channel ${channel}: this replica is no longer the one that polls`);
      over.abort();
    }
  }

  /** `false` also while there is no answer: then nothing is known to be held. */
  private async ask(sql: string, key: number): Promise<boolean> {
    try {
      const [row] = await this.session.query<{ yes: boolean }>(sql, [CHANNEL_LOCK, key]);
      return row?.yes === true;
    } catch {
      return false;
    }
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.clock.wait(ms, signal).catch(() => undefined);
  }
}

const HELD = `SELECT EXISTS (
  SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = $1::int8::oid AND objid = $2::int8::oid AND objsubid = 2) AS yes`;

/** Second key of a channel's lock: 31 bits, so that it is the same signed and unsigned. */
function lockKey(channel: string): number {
  return createHash('sha256').update(channel).digest().readUInt32BE(0) >>> 1;
}
