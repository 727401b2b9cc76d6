import { Logger } from '@nestjs/common';
import { Client, DatabaseError, type Notification } from 'pg';
import { type Clock, newId } from '#kernel';
import { isUnavailable } from '../database/pg-errors.js';
import { StoreError } from '../store.errors.js';
import { GATEWAY_LOCK, PRESENCE_LOCK, presenceKey } from './advisory-locks.js';
import { atMost } from './at-most.js';

/** What replicas tell each other. */
export const MESSAGES_CHANNEL = 'goclaw';
/** Coming and going of replicas. */
export const PRESENCE_CHANNEL = 'goclaw_replicas';
export type LinkChannel = typeof MESSAGES_CHANNEL | typeof PRESENCE_CHANNEL;

const CONNECT_TIMEOUT_MS = 3_000;
/** A link that does not answer for so long is given up for a new one. */
const ANSWER_TIMEOUT_MS = 5_000;
const KEEPALIVE_DELAY_MS = 5_000;
/** The first retry comes soon: until there is a link again, this replica looks as if it were gone. */
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 500;
/** A start waits this long for a migration that is being taken back. */
const GATEWAY_LOCK_ATTEMPTS = 20;
const GATEWAY_LOCK_INTERVAL_MS = 500;
/** Leaving is a courtesy to the others, and must not hold up the end of the process. */
const FAREWELL_MAX_MS = 1_000;

/**
 * The session is told so that PostgreSQL notices within about ten seconds when this machine is gone without a word,
 * and never closes the session because it is idle.
 */
const SESSION_SETTINGS = `
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = 10000; SET idle_session_timeout = 0; SET statement_timeout = 0`;

/**
 * The one direct connection of a replica to PostgreSQL. Its session holds the lock by which the others see that this
 * replica is there, and hears their messages. When it breaks, it is made anew.
 */
export class ReplicaLink {
  /** The replica's. */
  readonly id = newId();
  private readonly logger = new Logger('Replica link');
  private readonly listeners = new Map<LinkChannel, Set<(payload: string) => void>>();
  private readonly reconnectListeners = new Set<() => void>();
  private client: Client | undefined;
  private lastQuery: Promise<void> = Promise.resolve();
  private isClosed = false;

  private constructor(
    /** Of a direct connection: not one through a pooler that gives a session to several clients. */
    readonly dsn: string,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreError `in-use` while a migration is being taken back; driver errors when there is no connection. */
  static async open(dsn: string, clock: Clock): Promise<ReplicaLink> {
    const link = new ReplicaLink(dsn, clock);
    for (let attempt = 1; ; attempt++) {
      try {
        await link.connect();
        return link;
      } catch (error) {
        if (!(error instanceof StoreError) || attempt >= GATEWAY_LOCK_ATTEMPTS) throw error;
      }
      await clock.wait(GATEWAY_LOCK_INTERVAL_MS);
    }
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** One statement after the other. @throws StoreError `unavailable` while there is no link. */
  query<Row extends object>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const rows = this.lastQuery.then(() => this.send<Row>(sql, params));
    this.lastQuery = rows.then(ignore, ignore);
    return rows;
  }

  /** Returns what ends the subscription. */
  onNotification(channel: LinkChannel, listener: (payload: string) => void): () => void {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls back when a link that was lost is there again. Returns what ends that. */
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => void this.reconnectListeners.delete(listener);
  }

  /** Gives up the presence at once, and tells the others. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const { client } = this;
    if (!client) return;
    const farewell = this.lastQuery
      .then(() =>
        client.query(`SELECT pg_advisory_unlock_all(), pg_notify('${PRESENCE_CHANNEL}', 'bye ${this.id}')`),
      )
      .then(() => client.end())
      .catch(() => undefined);
    await atMost(this.clock, FAREWELL_MAX_MS, farewell);
    void client.end().catch(() => undefined);
  }

  private async send<Row extends object>(sql: string, params: readonly unknown[]): Promise<Row[]> {
    const { client } = this;
    if (!client)
      throw new StoreError('unavailable', 'The link to the database is broken. Try again shortly.');
    try {
      return (await client.query<Row>(sql, [...params])).rows;
    } catch (error) {
      if (error instanceof DatabaseError && !isUnavailable(error)) throw error;
      // Broken, or silent for too long: only a new connection says more.
      void client.end().catch(() => undefined);
      void this.onEnd(client);
      throw new StoreError('unavailable', 'The link to the database does not answer. Try again shortly.', {
        cause: error,
        outcomeUnknown: true,
      });
    }
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.dsn,
      application_name: 'goclaw-link',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    });
    client.on('error', () => undefined);
    client.on('notification', (message) => this.hear(message));
    client.once('end', () => void this.onEnd(client));
    try {
      await client.connect();
      await this.takePlace(client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
  }

  private async takePlace(client: Client): Promise<void> {
    await client.query(SESSION_SETTINGS);
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock_shared($1, 0) AS taken',
      [GATEWAY_LOCK],
    );
    if (!rows[0]?.taken) {
      throw new StoreError(
        'in-use',
        'A migration of this database is being taken back. Start the gateway when "goclaw migrate down" has ended.',
      );
    }
    // Shared, because the lock of a broken link of this same replica may still be there.
    await client.query('SELECT pg_advisory_lock_shared($1, $2)', [PRESENCE_LOCK, presenceKey(this.id)]);
    await client.query(`LISTEN ${MESSAGES_CHANNEL}; LISTEN ${PRESENCE_CHANNEL}`);
  }

  private async onEnd(client: Client): Promise<void> {
    if (this.client !== client) return;
    this.client = undefined;
    if (this.isClosed) return;
    this.logger.warn('the link to the database was lost, connecting anew');
    for (let delay = RETRY_MIN_MS; !this.isClosed; delay = Math.min(delay * 2, RETRY_MAX_MS)) {
      await this.clock.wait(delay);
      try {
        await this.connect();
        break;
      } catch (error) {
        this.logger.debug(`no link yet: ${String(error)}`);
      }
    }
    await this.resume();
  }

  private async resume(): Promise<void> {
    if (this.isClosed) {
      // Closed while the connection was on its way: left open, it would hold the locks and the process.
      await this.client?.end().catch(() => undefined);
      return;
    }
    this.logger.log('the link to the database is back');
    for (const listener of this.reconnectListeners) listener();
  }

  private hear({ channel, payload = '' }: Notification): void {
    const listeners: ReadonlySet<(payload: string) => void> | undefined = this.listeners.get(
      channel as LinkChannel,
    );
    for (const listener of listeners ?? []) listener(payload);
  }
}

function ignore(): void {
  // Whoever asked gets the error.
}
