import { Logger } from '@nestjs/common';
import { hostname } from 'node:os';
import { type Clock, VERSION } from '#kernel';
import { PRESENCE_LOCK, presenceKey } from './advisory-locks.js';
import { PresenceLooks } from './presence-looks.js';
import { PRESENCE_CHANNEL, type ReplicaLink } from './replica-link.js';
import { type ReplicaInfo, Replicas } from './replicas.js';

/** How often a replica looks who is there: alone, and with others. */
export const LOOK_ALONE_MS = 1_000;
export const LOOK_MS = 500;

const HOST_MAX_CHARS = 255;

/** For so long after a start of PostgreSQL its clients are still coming back. */
const SERVER_YOUNG = '5 s';

const LOOK = `
  SELECT objid::bigint::text AS key FROM pg_locks
   WHERE locktype = 'advisory' AND classid::bigint = $1 AND objsubid = 2 AND granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const REGISTER = `
  INSERT INTO replicas (id, host, version) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`;

interface ReplicaRow {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  readonly started_at: Date;
}

/** The gateways on one PostgreSQL. Each holds a lock that ends with its session; a row tells who it is. */
export class PgReplicas extends Replicas {
  private readonly logger = new Logger('Replicas');
  private readonly looks = new PresenceLooks();
  private others: ReadonlySet<number> = new Set();
  private cancelLook: () => void = () => undefined;
  private lookingSince = Number.NEGATIVE_INFINITY;
  private hasLeft = false;

  private constructor(
    readonly link: ReplicaLink,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** Looks who is there, and makes itself known. The schema must be there. @throws StoreError `unavailable` */
  static async join(link: ReplicaLink, clock: Clock): Promise<PgReplicas> {
    const replicas = new PgReplicas(link, clock);
    link.onNotification(PRESENCE_CHANNEL, (payload) => replicas.hear(payload));
    link.onReconnect(() => void replicas.comeBack());
    await replicas.look();
    if (!replicas.hasPeers && !(await replicas.isServerYoung())) replicas.looks.beginAlone();
    await replicas.register();
    replicas.scheduleLook();
    return replicas;
  }

  get id(): string {
    return this.link.id;
  }

  get isInTouch(): boolean {
    return this.link.isConnected;
  }

  get peerCount(): number {
    return this.others.size;
  }

  override async gone(owners: readonly string[]): Promise<readonly string[]> {
    const strangers = owners.filter((owner) => owner !== this.id);
    if (strangers.length === 0) return [];
    // Anew: an owner may have come after the last look. It shows its presence before it owns anything.
    await this.look();
    return strangers.filter((owner) => this.looks.isGone(presenceKey(owner)));
  }

  override async list(): Promise<readonly ReplicaInfo[]> {
    await this.look();
    const rows = await this.link.query<ReplicaRow>(
      'SELECT id, host, version, started_at FROM replicas ORDER BY started_at, id',
    );
    return rows
      .filter(({ id }) => id === this.id || this.others.has(presenceKey(id)))
      .map(({ id, host, version, started_at: startedAt }) => ({ id, host, version, startedAt }));
  }

  /** Gives up the presence and tells the others, who then take over at once. Idempotent. */
  async leave(): Promise<void> {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.cancelLook();
    if (this.link.isConnected) await this.removeRows([this.id]);
    await this.link.close();
  }

  private async look(): Promise<void> {
    this.lookingSince = this.clock.monotonic();
    const rows = await this.link.query<{ key: string }>(LOOK, [PRESENCE_LOCK]);
    const keys = new Set(rows.map(({ key }) => Number(key)));
    this.looks.add(this.clock.monotonic(), keys);
    keys.delete(presenceKey(this.id));
    this.others = keys;
  }

  private scheduleLook(): void {
    if (this.hasLeft) return;
    const delay = this.hasPeers ? LOOK_MS : LOOK_ALONE_MS;
    this.cancelLook();
    this.cancelLook = this.clock.after(delay, () => void this.lookAgain(delay));
  }

  private async lookAgain(sinceMs: number): Promise<void> {
    try {
      // Somebody else may have looked in the meantime.
      if (this.clock.monotonic() - this.lookingSince >= sinceMs / 2) await this.look();
    } catch (error) {
      this.logger.debug(`could not look: ${String(error)}`);
    } finally {
      this.scheduleLook();
    }
  }

  /** `hello <id>` or `bye <id>`; anybody can send to the channel, so it is taken as a hint to look. */
  private hear(payload: string): void {
    const [word, id = ''] = payload.split(' ');
    if (id === this.id || id === '') return;
    if (word === 'bye') this.looks.depart(presenceKey(id));
    if (word === 'bye' || word === 'hello') void this.lookAgain(0);
  }

  private async comeBack(): Promise<void> {
    this.looks.forget();
    await this.lookAgain(0);
    await this.register().catch((error: unknown) => this.logger.debug(`not registered: ${String(error)}`));
  }

  private async register(): Promise<void> {
    const host = hostname().slice(0, HOST_MAX_CHARS);
    await this.link.query(REGISTER, [this.id, host, VERSION]);
    // Rows first, then presence: who came in between has shown its presence before its row.
    const rows = await this.link.query<{ id: string }>('SELECT id FROM replicas');
    await this.look();
    const absent = rows.filter(({ id }) => id !== this.id && !this.others.has(presenceKey(id)));
    // One that only lost its link puts its row back when it returns.
    await this.removeRows(absent.map(({ id }) => id));
    await this.link.query(`SELECT pg_notify('${PRESENCE_CHANNEL}', 'hello ${this.id}')`);
  }

  private async removeRows(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.link
      .query('DELETE FROM replicas WHERE id = ANY ($1)', [ids])
      .catch((error: unknown) => this.logger.debug(`rows of gone replicas stay: ${String(error)}`));
  }

  private async isServerYoung(): Promise<boolean> {
    const [row] = await this.link.query<{ young: boolean }>(
      `SELECT pg_postmaster_start_time() > now() - interval '${SERVER_YOUNG}' AS young`,
    );
    return row?.young ?? true;
  }
}
