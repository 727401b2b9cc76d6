import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { LlmError, type LlmProvider } from '#contracts';
import { KNOWN_PROVIDERS } from './known-providers.js';
import {
  PROVIDER_SOURCES,
  type ProviderSettings,
  type ProviderSource,
  type ProviderType,
} from './provider-settings.js';

/** What may be shown of a provider: no secret is in it. */
export interface ProviderInfo {
  readonly name: string;
  readonly type: ProviderType;
  readonly source: ProviderSource;
  readonly apiBase: string;
  readonly defaultModel?: string;
  readonly hasKey: boolean;
  /** Whether calls can be tried: it has a key, or its endpoint is not a vendor's own. */
  readonly usable: boolean;
}

export interface RegisteredProvider {
  readonly info: ProviderInfo;
  readonly adapter: LlmProvider;
  /** Tells keys apart without being one; empty without a key. */
  readonly keyFingerprint: string;
}

export type AdapterFactory = (settings: ProviderSettings) => LlmProvider;

interface Entry extends RegisteredProvider {
  /** The settings as text: equal settings keep their adapter. */
  readonly fingerprint: string;
  readonly models: readonly string[] | undefined;
}

const MODEL_LISTS_MAX = 64;
const MODEL_LIST_TTL_MS = 5 * 60_000;
const FINGERPRINT_CHARS = 12;

/**
 * The providers by name, replaceable at run time: a change takes effect with the next call, calls under way go
 * on with what they began with. A name of a later source (`local`, `config`, `database`) hides an earlier one.
 */
export class ProviderRegistry {
  private readonly sources = new Map<ProviderSource, Map<string, ProviderSettings>>(
    PROVIDER_SOURCES.map((source) => [source, new Map()]),
  );
  private entries: ReadonlyMap<string, Entry> = new Map();
  private readonly modelLists = new LRUCache<string, readonly string[]>({
    max: MODEL_LISTS_MAX,
    ttl: MODEL_LIST_TTL_MS,
  });

  constructor(private readonly makeAdapter: AdapterFactory) {}

  get(name: string): RegisteredProvider | undefined {
    return this.entries.get(name);
  }

  /** Every provider, the preconfigured ones first, in the order in which {@link firstUsable} picks. */
  list(): readonly ProviderInfo[] {
    return [...this.entries.values()].map(({ info }) => info);
  }

  /** The provider for who names none: the first preconfigured one with a key, then any other usable one. */
  firstUsable(): RegisteredProvider | undefined {
    return [...this.entries.values()].find(({ info }) => info.usable);
  }

  get hasUsable(): boolean {
    return this.firstUsable() !== undefined;
  }

  register(settings: ProviderSettings, source: ProviderSource): void {
    this.of(source).set(settings.name, settings);
    this.rebuild();
  }

  /** Removes a name of one source; a hidden provider of an earlier source shows again. */
  unregister(name: string, source: ProviderSource): void {
    if (this.of(source).delete(name)) this.rebuild();
  }

  /** Replaces everything that came from one source. */
  replaceAll(source: ProviderSource, settings: readonly ProviderSettings[]): void {
    this.sources.set(source, new Map(settings.map((one) => [one.name, one])));
    this.rebuild();
  }

  /** Ids of the models that a provider offers: as configured, else as its endpoint says (kept for 5 minutes). Throws LlmError. */
  async modelsOf(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const entry = this.entries.get(name);
    if (!entry) throw new LlmError('no-provider', name, `No provider is called "${name}".`);
    if (entry.models) return entry.models;
    const known = this.modelLists.get(entry.fingerprint);
    if (known) return known;
    const models = await entry.adapter.listModels(signal);
    this.modelLists.set(entry.fingerprint, models);
    return models;
  }

  private of(source: ProviderSource): Map<string, ProviderSettings> {
    const settings = this.sources.get(source) ?? new Map<string, ProviderSettings>();
    this.sources.set(source, settings);
    return settings;
  }

  private adapterOf(settings: ProviderSettings): LlmProvider {
    const { name, broken } = settings;
    return broken === undefined ? this.makeAdapter(settings) : brokenProvider(name, broken);
  }

  private rebuild(): void {
    const effective = new Map<string, readonly [ProviderSettings, ProviderSource]>();
    for (const source of PROVIDER_SOURCES)
      for (const settings of this.of(source).values()) effective.set(settings.name, [settings, source]);
    const order = Object.keys(KNOWN_PROVIDERS);
    const rank = (name: string): number => (order.indexOf(name) + order.length + 1) % (order.length + 1);
    const shown = [...effective].filter(([, [settings]]) => settings.disabled !== true);
    const sorted = shown.toSorted(([a], [b]) => rank(a) - rank(b));
    this.entries = new Map(sorted.map(([name, [settings, source]]) => [name, this.entry(settings, source)]));
  }

  private entry(settings: ProviderSettings, source: ProviderSource): Entry {
    const fingerprint = hash(JSON.stringify(settings));
    const known = this.entries.get(settings.name);
    const adapter = known?.fingerprint === fingerprint ? known.adapter : this.adapterOf(settings);
    return {
      info: infoOf(settings, source),
      adapter,
      keyFingerprint: settings.apiKey === undefined ? '' : hash(settings.apiKey),
      fingerprint,
      models: settings.models,
    };
  }
}

/** The adapter of a provider whose settings cannot be used: every call fails with the reason. */
function brokenProvider(name: string, reason: string): LlmProvider {
  const error = (): LlmError => new LlmError('no-provider', name, reason);
  return {
    name,
    async *stream() {
      yield { type: 'error', error: error() };
    },
    listModels: () => Promise.reject(error()),
  };
}

function infoOf(settings: ProviderSettings, source: ProviderSource): ProviderInfo {
  const { name, type, apiBase, apiKey, defaultModel, models } = settings;
  const hasKey = apiKey !== undefined && apiKey !== '';
  const model = defaultModel ?? models?.[0];
  return {
    name,
    type,
    source,
    apiBase,
    ...(model === undefined ? {} : { defaultModel: model }),
    hasKey,
    usable: settings.broken === undefined && (hasKey || apiBase !== KNOWN_PROVIDERS[name]?.apiBase),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, FINGERPRINT_CHARS);
}
