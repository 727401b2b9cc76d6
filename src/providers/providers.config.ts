import { IsArray, IsBoolean, IsIn, IsOptional, IsString, IsUrl, Matches, ValidateIf } from 'class-validator';
import { ConfigSection, Env, type Environment, Secret } from '#config';
import { KNOWN_PROVIDERS } from './known-providers.js';
import { PROVIDER_TYPES, type ProviderSettings, type ProviderType } from './provider-settings.js';

/** What a header can carry. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;

const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

/** One provider of the configuration file. */
export class ProviderConfig {
  @IsOptional()
  @IsString()
  @Matches(HEADER_TEXT, { message: 'api_key must consist of printable ASCII characters' })
  @Secret({ sentTo: 'api_base' })
  api_key?: string;

  /** Base URL; needed for names beyond the preconfigured ones. */
  @IsOptional()
  @IsUrl(HTTP_URL)
  api_base?: string;

  /** The models to offer, where the endpoint's own list is missing or too long. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  models?: string[];

  /** What the endpoint speaks; `openai_compat` unless it is `anthropic`. */
  @IsOptional()
  @IsIn(PROVIDER_TYPES)
  provider_type?: ProviderType;
}

/** `providers.<name>`: the preconfigured names, and any other OpenAI-compatible endpoint. */
@ConfigSection('providers', { live: true, mapOf: () => ProviderConfig, fromEnv: keysOf })
export class ProvidersConfig {
  entries: Readonly<Record<string, ProviderConfig>> = {};
}

/** Model servers on this machine that are looked for in standalone mode. An empty URL leaves one out. */
@ConfigSection('discovery')
export class DiscoveryConfig {
  @IsBoolean()
  @Env('GOCLAW_DISCOVERY')
  enabled = true;

  @ValidateIf(isSet('ollama'))
  @IsUrl(HTTP_URL)
  @Env('GOCLAW_OLLAMA_URL')
  ollama = 'http://127.0.0.1:11434/v1';

  @ValidateIf(isSet('lmstudio'))
  @IsUrl(HTTP_URL)
  @Env('GOCLAW_LMSTUDIO_URL')
  lmstudio = 'http://127.0.0.1:1234/v1';

  @ValidateIf(isSet('vllm'))
  @IsUrl(HTTP_URL)
  @Env('GOCLAW_VLLM_URL')
  vllm = 'http://127.0.0.1:8000/v1';
}

/** Settings of every preconfigured name and of every other one that has a base URL. */
export function settingsFrom({ entries }: ProvidersConfig): readonly ProviderSettings[] {
  const names = new Set([...Object.keys(KNOWN_PROVIDERS), ...Object.keys(entries)]);
  return [...names].flatMap((name) => {
    const known = KNOWN_PROVIDERS[name];
    const { api_key: apiKey, api_base, models, provider_type } = entries[name] ?? {};
    const apiBase = api_base ?? known?.apiBase;
    if (apiBase === undefined) return [];
    return [
      {
        name,
        type: provider_type ?? known?.type ?? 'openai_compat',
        apiBase: apiBase.replace(/\/+$/, ''),
        ...(apiKey ? { apiKey } : {}),
        ...(known ? { keyVariable: known.keyVariable, defaultModel: known.defaultModel } : {}),
        ...(models ? { models } : {}),
      },
    ];
  });
}

function keysOf(env: Environment): Record<string, Record<string, unknown>> {
  const keys = Object.entries(KNOWN_PROVIDERS).map(
    ([name, { keyVariable }]) => [name, env[keyVariable]] as const,
  );
  return Object.fromEntries(keys.flatMap(([name, key]) => (key ? [[name, { api_key: key }]] : [])));
}

function isSet(key: 'ollama' | 'lmstudio' | 'vllm') {
  return (section: DiscoveryConfig): boolean => section[key] !== '';
}
