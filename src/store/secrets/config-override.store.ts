import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';

type Patch = Readonly<Record<string, unknown>>;

/** Changes of the configuration that were made over the wire: one merge patch over the file of every replica. */
@Injectable()
export class ConfigOverrideStore {
  constructor(private readonly database: Database) {}

  async read(): Promise<Patch> {
    return patchIn(await this.database.query<{ patch: Patch }>('SELECT patch FROM config_overrides'));
  }

  /** Keeps other changes waiting until the transaction ends. */
  async locked(tx: Queryable): Promise<Patch> {
    return patchIn(await tx.query<{ patch: Patch }>('SELECT patch FROM config_overrides FOR UPDATE'));
  }

  async write(tx: Queryable, patch: Patch): Promise<void> {
    await tx.query('UPDATE config_overrides SET patch = $1, updated_at = now()', [toJsonb(patch)]);
  }
}

function patchIn([row]: readonly { readonly patch: Patch }[]): Patch {
  return row?.patch ?? {};
}
