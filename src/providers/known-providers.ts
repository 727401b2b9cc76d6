import type { ProviderType } from './provider-settings.js';

export interface KnownProvider {
  readonly type: ProviderType;
  readonly apiBase: string;
  readonly defaultModel: string;
  readonly keyVariable: string;
}

function compatible(apiBase: string, defaultModel: string, keyVariable: string): KnownProvider {
  return { type: 'openai_compat', apiBase, defaultModel, keyVariable };
}

const PROVIDERS: Readonly<Record<string, KnownProvider>> = {
  openrouter: compatible(
    'https://openrouter.ai/api/v1',
    'anthropic/claude-sonnet-4-5-20250929',
    'GOCLAW_OPENROUTER_API_KEY',
  ),
  anthropic: {
    type: 'anthropic_native',
    apiBase: 'https://api.anthropic.com/v1',
    defaultModel: 'claude-sonnet-4-5-20250929',
    keyVariable: 'GOCLAW_ANTHROPIC_API_KEY',
  },
  openai: compatible('https://api.openai.com/v1', 'gpt-4o', 'GOCLAW_OPENAI_API_KEY'),
  groq: compatible('https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile', 'GOCLAW_GROQ_API_KEY'),
  deepseek: compatible('https://api.deepseek.com/v1', 'deepseek-chat', 'GOCLAW_DEEPSEEK_API_KEY'),
  gemini: compatible(
    'https://generativelanguage.googleapis.com/v1beta/openai',
    'gemini-2.0-flash',
    'GOCLAW_GEMINI_API_KEY',
  ),
  mistral: compatible('https://api.mistral.ai/v1', 'mistral-large-latest', 'GOCLAW_MISTRAL_API_KEY'),
  xai: compatible('https://api.x.ai/v1', 'grok-3-mini', 'GOCLAW_XAI_API_KEY'),
  minimax: compatible('https://api.minimax.io/v1', 'MiniMax-M2.5', 'GOCLAW_MINIMAX_API_KEY'),
  cohere: compatible('https://api.cohere.ai/compatibility/v1', 'command-a', 'GOCLAW_COHERE_API_KEY'),
  perplexity: compatible('https://api.perplexity.ai', 'sonar-pro', 'GOCLAW_PERPLEXITY_API_KEY'),
};

/**
 * The providers that need nothing but a key, in the order in which one is picked when none is named. Without a
 * prototype: names come from outside, and `constructor` is none of them.
 */
export const KNOWN_PROVIDERS: Readonly<Record<string, KnownProvider>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, KnownProvider>, PROVIDERS),
);
