import { Inject, Injectable } from '@nestjs/common';
import { LlmError, type LlmProvider } from '#contracts';
import { Clock } from '#kernel';
import type { AdapterFactory } from '../provider-registry.js';
import type { ProviderSettings } from '../provider-settings.js';
import { ADAPTER_FACTORY } from '../providers.module.js';

/** A provider that does not answer by then does not work. */
const CHECK_TIMEOUT_MS = 15_000;
const MODELS_SHOWN_MAX = 1_000;

/** Whether a provider can be used. */
export interface ProviderCheck {
  readonly ok: boolean;
  readonly latency_ms: number;
  /** The model that answered, when one was asked. */
  readonly model?: string;
  /** What the endpoint offers, when it was asked. */
  readonly models?: readonly string[];
  /** Why not, and what to do; without the key. */
  readonly error?: string;
}

/** Calls a provider for an admin who wants to know whether it works. */
@Injectable()
export class ProviderProbe {
  constructor(
    @Inject(ADAPTER_FACTORY) private readonly makeAdapter: AdapterFactory,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks the model for one token, when one is named; else lists the models, and asks the default model where there is
   * no list. Never throws for what the endpoint does.
   */
  async check(settings: ProviderSettings, model?: string): Promise<ProviderCheck> {
    const begin = this.clock.now();
    const took = (): number => Math.round(this.clock.now() - begin);
    try {
      const found = await this.call(settings, model);
      return { ok: true, latency_ms: took(), ...found };
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      return { ok: false, latency_ms: took(), ...(model !== undefined && { model }), error: textOf(error) };
    }
  }

  /** @throws LlmError */
  async models(settings: ProviderSettings): Promise<readonly string[]> {
    if (settings.models) return settings.models;
    const models = await this.adapter(settings).listModels(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    return models.slice(0, MODELS_SHOWN_MAX);
  }

  private async call(settings: ProviderSettings, model?: string): Promise<Partial<ProviderCheck>> {
    if (model !== undefined) return this.askOne(settings, model);
    const { models: _fixed, ...asked } = settings;
    try {
      return { models: await this.models(asked) };
    } catch (error) {
      const fallback = settings.defaultModel ?? settings.models?.[0];
      const hasNoList = error instanceof LlmError && error.status === 404;
      if (!hasNoList || fallback === undefined) throw error;
      return this.askOne(settings, fallback);
    }
  }

  private async askOne(settings: ProviderSettings, model: string): Promise<Partial<ProviderCheck>> {
    const request = {
      model,
      system: '',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [],
      sampling: { maxTokens: 1 },
    } as const;
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    for await (const part of this.adapter(settings).stream(request, signal)) {
      if (part.type === 'error') throw part.error;
    }
    return { model };
  }

  private adapter(settings: ProviderSettings): LlmProvider {
    const { broken, name } = settings;
    if (broken !== undefined) throw new LlmError('no-provider', name, broken);
    return this.makeAdapter(settings);
  }
}

function textOf({ kind, message, provider }: LlmError): string {
  return kind === 'aborted'
    ? `${provider} did not answer within ${CHECK_TIMEOUT_MS / 1_000} seconds.`
    : message;
}
