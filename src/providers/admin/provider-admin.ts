import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import { MASK } from '#config';
import { type Caller, LlmError } from '#contracts';
import { badField, Changes, RecordAdmin, RecordError, SealedFields } from '#permissions';
import { Conditions, type Page, type PageRequest, type ProviderRow, ProviderStore } from '#store';
import { KNOWN_PROVIDERS } from '../known-providers.js';
import { DatabaseProviders } from './database-providers.js';
import {
  columnsOf,
  type ProviderInput,
  type ProviderView,
  settingsOfRow,
  showProvider,
} from './provider-input.js';
import { type ProviderCheck, ProviderProbe } from './provider-probe.js';

export interface ProviderFilter {
  readonly enabled?: boolean;
  readonly provider_type?: string;
}

/** Sets up model providers. A change takes effect with the next call, here before it is answered. */
@Injectable()
export class ProviderAdmin {
  private readonly records: RecordAdmin<ProviderRow, ProviderInput>;

  constructor(
    changes: Changes,
    store: ProviderStore,
    private readonly sealed: SealedFields,
    private readonly live: DatabaseProviders,
    private readonly probe: ProviderProbe,
  ) {
    this.records = new RecordAdmin(changes, {
      type: 'provider',
      noun: 'provider',
      table: store,
      show: showProvider,
      write: (input, before) => columnsOf(input, before, sealed),
      events: ({ name }) => [new CacheInvalidated('providers', name)],
    });
  }

  async page({ enabled, provider_type }: ProviderFilter, request: PageRequest): Promise<Page<ProviderView>> {
    const conditions = new Conditions()
      .addIf('enabled = ?', enabled)
      .addIf('provider_type = ?', provider_type);
    const page = await this.records.page(conditions, request);
    return { ...page, items: page.items.map(showProvider) };
  }

  async get(id: string): Promise<ProviderView> {
    return showProvider(await this.records.get(id));
  }

  create(caller: Caller, input: ProviderInput): Promise<ProviderView> {
    return this.effective(this.records.create(caller, input));
  }

  update(caller: Caller, id: string, input: Partial<ProviderInput>, version?: number): Promise<ProviderView> {
    return this.effective(this.records.update(caller, id, input, version));
  }

  remove(caller: Caller, id: string, version?: number): Promise<ProviderView> {
    return this.effective(this.records.remove(caller, id, version));
  }

  /** Calls the stored provider. */
  async check(id: string, model?: string): Promise<ProviderCheck> {
    return this.probe.check(settingsOfRow(await this.records.get(id), this.sealed), model);
  }

  /** Calls a provider that is not stored (yet). @throws RecordError */
  checkUnsaved(input: ProviderInput, model?: string): Promise<ProviderCheck> {
    const known = KNOWN_PROVIDERS[input.name];
    const apiBase = input.api_base || known?.apiBase;
    if (!apiBase) throw badField('api_base', 'is required');
    if (input.api_key === MASK)
      throw badField('api_key', `is ${MASK}: send the key itself, or test the stored provider`);
    const { name, api_key: apiKey, provider_type: type = known?.type ?? 'openai_compat', settings } = input;
    const defaultModel = settings?.default_model ?? known?.defaultModel;
    return this.probe.check(
      {
        name,
        type,
        apiBase: apiBase.replace(/\/+$/, ''),
        ...(apiKey && { apiKey }),
        ...(defaultModel !== undefined && { defaultModel }),
      },
      model,
    );
  }

  /** @throws RecordError `precondition` with what the endpoint said */
  async models(id: string): Promise<readonly string[]> {
    const settings = settingsOfRow(await this.records.get(id), this.sealed);
    try {
      return await this.probe.models(settings);
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      throw new RecordError('precondition', `The models cannot be listed: ${error.message}`);
    }
  }

  private async effective(change: Promise<ProviderRow>): Promise<ProviderView> {
    const row = await change;
    await this.live.reload();
    return showProvider(row);
  }
}
