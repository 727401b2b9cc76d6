import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { KNOWN_PROVIDERS, ProviderRegistry } from '#providers';
import type { AgentEntity, OverrideValues } from '#store';
import { AgentError } from '../agent.errors.js';
import { type AgentDefaultsConfig, AgentsConfig } from '../agents.config.js';
import type { ModelTarget } from './agent-runtime.js';

/** Named in errors when nothing is configured. */
const DEFAULT_PROVIDER = 'anthropic';

/** What a user may have chosen instead of the agent's model. */
type OwnChoice = Pick<OverrideValues, 'provider' | 'model'>;

/** Which models answer for an agent. */
@Injectable()
export class ModelTargets {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly config: ConfigService,
  ) {}

  /** The models to ask, most wanted first, of the providers that can be used now. @throws AgentError `no-provider` */
  of(agent: AgentEntity, own?: OwnChoice, sessionModel?: string): readonly ModelTarget[] {
    const first = this.primary(agent, own, sessionModel);
    const fallbacks = (agent.other_config.fallbacks ?? this.defaults.fallbacks).map((text) =>
      this.parse(text, first.provider),
    );
    const usable = [first, ...fallbacks].filter(
      ({ provider, model }) => model !== '' && this.providers.get(provider)?.info.usable,
    );
    if (usable.length === 0) throw new AgentError('no-provider', this.whatToSet(first));
    return usable;
  }

  /** The model that is meant to answer, whether or not it can. */
  primary(agent: AgentEntity, own?: OwnChoice, sessionModel?: string): ModelTarget {
    const chosen = this.chosen(agent, own);
    return sessionModel ? this.parse(sessionModel, chosen.provider) : chosen;
  }

  /** A user who names another provider means its default model, unless a model is named, too. */
  private chosen(agent: AgentEntity, own?: OwnChoice): ModelTarget {
    const fallback = this.providers.firstUsable()?.info;
    const ofAgent = agent.provider || this.defaults.provider || fallback?.name || DEFAULT_PROVIDER;
    const provider = own?.provider || ofAgent;
    if (own?.model) return { provider, model: own.model };
    const model = provider === ofAgent ? agent.model || this.defaults.model : undefined;
    return { provider, model: model || this.providers.get(provider)?.info.defaultModel || '' };
  }

  private get defaults(): Readonly<AgentDefaultsConfig> {
    return this.config.get(AgentsConfig).defaults;
  }

  /** `provider/model` when its first part is a known provider, else a model of `provider`. */
  private parse(text: string, provider: string): ModelTarget {
    const slash = text.indexOf('/');
    const named = slash > 0 ? text.slice(0, slash) : '';
    return this.providers.get(named)
      ? { provider: named, model: text.slice(slash + 1) }
      : { provider, model: text };
  }

  private whatToSet({ provider, model }: ModelTarget): string {
    if (this.providers.get(provider)?.info.usable && model === '') {
      return `No model is chosen for the provider ${provider}. Set GOCLAW_MODEL, or agents.defaults.model.`;
    }
    const variable = KNOWN_PROVIDERS[provider]?.keyVariable ?? KNOWN_PROVIDERS[DEFAULT_PROVIDER]?.keyVariable;
    return `No LLM provider can be used. Set ${variable} (or another provider's key; goclaw doctor lists them), or start Ollama on this machine.`;
  }
}
