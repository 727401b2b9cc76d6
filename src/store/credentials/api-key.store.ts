import { Injectable } from '@nestjs/common';
import { isUuid } from '#kernel';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import type { Page, PageRequest } from '../listing/page.js';
import { RecordTable } from '../records/record-table.js';
import type { ApiKeyFilter, ApiKeyRow, ApiKeyState, KeyStatus, KeyUse } from './api-key-row.js';
import { REVOKE, ROTATE, STATE_BY_HASH, STATE_BY_ID, TOUCH } from './api-key.statements.js';

const EXPIRED = 'expires_at IS NOT NULL AND expires_at <= now()';

const STATUS_SQL: Record<KeyStatus, string> = {
  active: `revoked_at IS NULL AND NOT (${EXPIRED})`,
  expired: `revoked_at IS NULL AND ${EXPIRED}`,
  revoked: 'revoked_at IS NOT NULL',
};

const COLUMNS = [
  'name',
  'key_prefix',
  'key_hash',
  'role',
  'scopes',
  'user_id',
  'tenant',
  'rate_limit_rpm',
  'expires_at',
  'created_by',
];

type Written =
  | 'name'
  | 'key_prefix'
  | 'key_hash'
  | 'role'
  | 'scopes'
  | 'user_id'
  | 'tenant'
  | 'rate_limit_rpm'
  | 'expires_at'
  | 'created_by';
export type NewApiKey = Pick<ApiKeyRow, Written>;
export type ApiKeyChange = Partial<Pick<ApiKeyRow, 'name' | 'scopes' | 'rate_limit_rpm' | 'expires_at'>>;

/** API keys. */
@Injectable()
export class ApiKeyStore {
  private readonly table: RecordTable<ApiKeyRow>;

  constructor(private readonly database: Database) {
    this.table = new RecordTable<ApiKeyRow>(database, {
      table: 'api_keys',
      columns: Object.fromEntries(COLUMNS.map((name) => [name, 'value'])),
      sorts: {
        created_at: { sql: 'created_at', type: 'timestamptz', descending: true },
        name: { sql: 'name', type: 'text' },
        last_used_at: {
          sql: `coalesce(last_used_at, '-infinity')`,
          type: 'timestamptz',
          descending: true,
        },
        expires_at: { sql: `coalesce(expires_at, 'infinity')`, type: 'timestamptz' },
      },
    });
  }

  /** What the key with this hash may do now; `undefined` when there is none. */
  async stateByHash(hash: string): Promise<ApiKeyState | undefined> {
    const [row] = await this.database.query<ApiKeyState>(STATE_BY_HASH, [hash]);
    return row;
  }

  async stateById(id: string): Promise<ApiKeyState | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<ApiKeyState>(STATE_BY_ID, [id]);
    return row;
  }

  find(id: string): Promise<ApiKeyRow | undefined> {
    return this.table.find(id);
  }

  /** @throws AppError INVALID_REQUEST for an unknown sort or a foreign position */
  page(filter: ApiKeyFilter, request: PageRequest): Promise<Page<ApiKeyRow>> {
    const conditions = new Conditions()
      .addIf('role = ?', filter.role)
      .addIf('user_id = ?', filter.userId)
      .addIf('tenant = ?', filter.tenant);
    if (filter.status) conditions.add(STATUS_SQL[filter.status]);
    return this.table.page(conditions, request);
  }

  insert(tx: Queryable, values: NewApiKey): Promise<ApiKeyRow> {
    return this.table.insert(tx, values);
  }

  /** The row, kept from others until the transaction ends. @throws StoreError `stale` */
  locked(tx: Queryable, id: string, version?: number): Promise<ApiKeyRow | undefined> {
    return this.table.locked(tx, id, version);
  }

  /** @throws StoreError `stale` */
  update(
    tx: Queryable,
    id: string,
    values: ApiKeyChange,
    version?: number,
  ): Promise<{ before: ApiKeyRow; after: ApiKeyRow } | undefined> {
    return this.table.update(tx, id, values, version);
  }

  /** Gives the key another secret; the one before works on for `graceSec`. */
  async rotate(
    tx: Queryable,
    id: string,
    secret: Pick<ApiKeyRow, 'key_hash' | 'key_prefix'>,
    graceSec: number,
  ): Promise<ApiKeyRow | undefined> {
    const [row] = await tx.query<ApiKeyRow>(ROTATE, [id, secret.key_hash, secret.key_prefix, graceSec]);
    return row;
  }

  async revoke(tx: Queryable, id: string, by: string): Promise<ApiKeyRow | undefined> {
    const [row] = await tx.query<ApiKeyRow>(REVOKE, [id, by]);
    return row;
  }

  /** Writes down when keys were used last. */
  async touch(uses: readonly KeyUse[]): Promise<void> {
    const rows = uses.map(({ id, agoMs, from }) => ({ id, ago_ms: agoMs, came_from: from ?? null }));
    if (rows.length > 0) await this.database.query(TOUCH, [toJsonb(rows)]);
  }
}
