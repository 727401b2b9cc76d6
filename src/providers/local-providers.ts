import type { DiscoveryConfig } from './providers.config.js';
import type { AdapterFactory, ProviderRegistry } from './provider-registry.js';
import type { ProviderSettings } from './provider-settings.js';

/** A server on this machine answers at once or is not there. */
const PROBE_LIMIT_MS = 1_000;

/**
 * Ollama, LM Studio and vLLM on this machine, for standalone mode. Nothing is looked for before somebody asks,
 * and nobody has to wait for it.
 */
export class LocalProviders {
  private probing: Promise<readonly string[]> | undefined;

  constructor(
    private readonly config: Readonly<DiscoveryConfig>,
    private readonly registry: ProviderRegistry,
    private readonly makeAdapter: AdapterFactory,
  ) {}

  /** Looks in the background. */
  start(): void {
    void this.probe();
  }

  /**
   * Looks now; the names of the servers that answered and offer a model are registered as providers, those
   * that are gone are removed. Never throws. Concurrent calls share one look.
   */
  probe(): Promise<readonly string[]> {
    this.probing ??= this.look().finally(() => (this.probing = undefined));
    return this.probing;
  }

  private async look(): Promise<readonly string[]> {
    if (!this.config.enabled) return [];
    const { ollama, lmstudio, vllm } = this.config;
    const urls = Object.entries({ ollama, lmstudio, vllm }).filter(([, url]) => url !== '');
    const found = await Promise.all(urls.map(([name, url]) => this.ask(name, url)));
    const settings = found.filter((one) => one !== undefined);
    this.registry.replaceAll('local', settings);
    return settings.map(({ name }) => name);
  }

  private async ask(name: string, url: string): Promise<ProviderSettings | undefined> {
    const settings = { name, type: 'openai_compat', apiBase: url.replace(/\/+$/, '') } as const;
    try {
      const models = await this.makeAdapter(settings).listModels(AbortSignal.timeout(PROBE_LIMIT_MS));
      const [first] = models;
      return first === undefined ? undefined : { ...settings, defaultModel: first, models };
    } catch {
      // Nothing listens there, or something that is no model server: the usual case.
      return undefined;
    }
  }
}
