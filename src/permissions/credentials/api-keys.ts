import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller, Scope } from '#contracts';
import { Clock } from '#kernel';
import { type ApiKeyFilter, type ApiKeyRow, ApiKeyStore, type Page, type PageRequest } from '#store';
import { type Change, Changes } from '../audit/changes.js';
import { RecordError } from '../records/record.errors.js';
import {
  KEY_ROLES,
  type KeyBinding,
  type KeyRole,
  requireBinding,
  requireFuture,
  scopesOf,
} from './key-terms.js';
import { newKey } from './secret-text.js';

export interface KeyTerms extends KeyBinding {
  readonly name: string;
  readonly role: KeyRole;
  /** Absent: all that the role may have. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly expires_at?: Date | null | undefined;
  readonly rate_limit_rpm?: number | null | undefined;
}

export type KeyChange = Partial<Pick<KeyTerms, 'name' | 'scopes' | 'expires_at' | 'rate_limit_rpm'>>;

/** A key with its text, which is told this one time. */
export interface IssuedKey {
  readonly row: ApiKeyRow;
  readonly text: string;
}

/** Makes, shows, changes and takes back API keys. An admin sees all of them, everybody else those bound to them. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly changes: Changes,
    private readonly clock: Clock,
  ) {}

  list(caller: Caller, filter: ApiKeyFilter, page: PageRequest): Promise<Page<ApiKeyRow>> {
    const own = caller.role === 'admin' ? filter : { ...filter, userId: caller.userId };
    if (filter.userId !== undefined && filter.userId !== own.userId)
      return Promise.resolve({ items: [], total: 0 });
    return this.store.page(own, page);
  }

  /** @throws RecordError `not-found` */
  async find(caller: Caller, id: string): Promise<ApiKeyRow> {
    return this.visible(caller, await this.store.find(id));
  }

  /** @throws RecordError `invalid` */
  async create(caller: Caller, terms: KeyTerms): Promise<IssuedKey> {
    const { name, role, user_id, tenant, expires_at, rate_limit_rpm } = terms;
    requireBinding(role, terms);
    requireFuture(expires_at, this.clock.now());
    const scopes = scopesOf(role, terms.scopes);
    const { text, key_hash, key_prefix } = newKey();
    const row = await this.changes.commit(caller, async (tx) => {
      const made = await this.store.insert(tx, {
        name,
        role,
        scopes,
        key_hash,
        key_prefix,
        user_id: user_id ?? null,
        tenant: tenant ?? null,
        expires_at: expires_at ?? null,
        rate_limit_rpm: rate_limit_rpm ?? null,
        created_by: caller.userId,
      });
      return changeOf('create', undefined, made);
    });
    return { row, text };
  }

  /** @throws RecordError; StoreError `stale` */
  async update(
    caller: Caller,
    id: string,
    change: KeyChange,
    version: number | undefined,
  ): Promise<ApiKeyRow> {
    requireFuture(change.expires_at, this.clock.now());
    return this.changes.commit(caller, async (tx) => {
      const before = await this.usable(tx, caller, id, version);
      const role = KEY_ROLES.find((one) => one === before.role) ?? 'viewer';
      const { scopes, ...rest } = change;
      const values = { ...rest, ...(scopes && { scopes: scopesOf(role, scopes) }) };
      const done = await this.store.update(tx, id, definedOf(values));
      return changeOf('update', before, done?.after ?? before);
    });
  }

  /** Gives the key a new secret; the one before works on for `graceSec`. @throws RecordError; StoreError `stale` */
  async rotate(
    caller: Caller,
    id: string,
    graceSec: number,
    version: number | undefined,
  ): Promise<IssuedKey> {
    const secret = newKey();
    const row = await this.changes.commit(caller, async (tx) => {
      const before = await this.usable(tx, caller, id, version);
      const after = await this.store.rotate(tx, id, secret, graceSec);
      return { ...changeOf('rotate', before, after ?? before), details: { grace_seconds: graceSec } };
    });
    return { row, text: secret.text };
  }

  /** A key that is revoked already stays as it is. @throws RecordError `not-found`; StoreError `stale` */
  async revoke(caller: Caller, id: string, version: number | undefined): Promise<ApiKeyRow> {
    const found = await this.find(caller, id);
    if (found.revoked_at) return found;
    return this.changes.commit(caller, async (tx) => {
      const before = this.visible(caller, await this.store.locked(tx, id, version));
      const after = before.revoked_at ? before : await this.store.revoke(tx, id, caller.userId);
      return changeOf('revoke', before, after ?? before);
    });
  }

  private async usable(
    tx: Parameters<ApiKeyStore['locked']>[0],
    caller: Caller,
    id: string,
    version: number | undefined,
  ): Promise<ApiKeyRow> {
    const row = this.visible(caller, await this.store.locked(tx, id, version));
    if (!row.revoked_at) return row;
    throw new RecordError(
      'precondition',
      'The API key was revoked and cannot be changed. Create another one.',
    );
  }

  private visible(caller: Caller, row: ApiKeyRow | undefined): ApiKeyRow {
    if (row && (caller.role === 'admin' || row.user_id === caller.userId)) return row;
    throw new RecordError('not-found', 'There is no such API key.');
  }
}

function changeOf(verb: string, before: ApiKeyRow | undefined, after: ApiKeyRow): Change<ApiKeyRow> {
  return {
    action: `api-key.${verb}`,
    target: { type: 'api-key', id: after.id },
    ...(before && { before: shown(before) }),
    after: shown(after),
    events: [new CacheInvalidated('credentials', after.id)],
    result: after,
  };
}

/** Without its hashes. */
function shown({ key_hash: _hash, previous_hash: _previous, ...rest }: ApiKeyRow): object {
  return rest;
}

function definedOf<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
