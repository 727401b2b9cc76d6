import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type RecordRow, RecordTable } from '../records/record-table.js';

export interface ProviderRow extends RecordRow {
  readonly name: string;
  readonly display_name: string | null;
  readonly provider_type: string;
  readonly api_base: string | null;
  /** Sealed. */
  readonly api_key: string | null;
  readonly enabled: boolean;
  readonly settings: { readonly default_model?: string; readonly models?: readonly string[] };
}

/** Model providers that admins set up. */
@Injectable()
export class ProviderStore extends RecordTable<ProviderRow> {
  constructor(private readonly database: Database) {
    super(database, {
      table: 'llm_providers',
      columns: {
        name: 'value',
        display_name: 'value',
        provider_type: 'value',
        api_base: 'value',
        api_key: 'value',
        enabled: 'value',
        settings: 'jsonb',
      },
      sorts: {
        name: { sql: 'name', type: 'text' },
        created_at: { sql: 'created_at', type: 'timestamptz' },
        updated_at: { sql: 'updated_at', type: 'timestamptz' },
      },
    });
  }

  /** Every one, by name: a company has a handful. */
  all(): Promise<ProviderRow[]> {
    return this.database.query<ProviderRow>('SELECT * FROM llm_providers ORDER BY name');
  }
}
