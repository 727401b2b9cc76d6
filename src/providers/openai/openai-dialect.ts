import { createHash } from 'node:crypto';
import type { ProviderSettings } from '../provider-settings.js';
import type { SchemaStyle } from '../schema/schema-style.js';

/** Where an OpenAI-compatible endpoint differs from OpenAI. */
export interface OpenAiDialect {
  readonly schemaStyle: SchemaStyle;
  readonly model: (requested: string) => string;
  readonly toolCallId: (id: string) => string;
  /** Behind tool results it takes nothing but its own answer: no message with their images. */
  readonly toolImagesAsText: boolean;
}

const same = (text: string): string => text;

export function dialectOf({ name, apiBase, defaultModel }: ProviderSettings): OpenAiDialect {
  const host = URL.parse(apiBase)?.hostname ?? '';
  const isMistral = name === 'mistral' || host.endsWith('mistral.ai');
  return {
    schemaStyle: name.startsWith('gemini') || host.endsWith('googleapis.com') ? 'gemini' : 'openai',
    model: name === 'openrouter' ? (requested) => openRouterModel(requested, defaultModel) : same,
    toolCallId: isMistral ? mistralId : same,
    toolImagesAsText: isMistral,
  };
}

/** OpenRouter's models are `vendor/model`: a bare name of another provider means its default. */
function openRouterModel(requested: string, defaultModel: string | undefined): string {
  return requested.includes('/') ? requested : (defaultModel ?? requested);
}

const MISTRAL_ID = /^[a-zA-Z0-9]{9}$/;

/** Mistral takes ids of nine letters and digits only; those of other vendors come with a fallback. */
function mistralId(id: string): string {
  return MISTRAL_ID.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9);
}
