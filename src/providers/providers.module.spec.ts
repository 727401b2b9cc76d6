import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigModule, type ConfigService, type Environment, loadConfig } from '#config';
import { KernelModule } from '#kernel';
import { ScriptedLlm } from '../../test/support/llm/index.js';
import { partsOf } from './adapters.fixture.js';
import { ProviderChain } from './chain/provider-chain.js';
import { KNOWN_PROVIDERS } from './known-providers.js';
import { LocalProviders } from './local-providers.js';
import { ProviderRegistry } from './provider-registry.js';
import { DiscoveryConfig, ProvidersConfig } from './providers.config.js';
import { ProvidersModule } from './providers.module.js';

const NOWHERE = 'http://127.0.0.1:9/v1';

function configOf(file: object, env: Environment = {}): ConfigService {
  const path = join(mkdtempSync(join(tmpdir(), 'goclaw-providers-')), 'config.json');
  writeFileSync(path, JSON.stringify(file));
  return loadConfig({ path, env, sections: [ProvidersConfig, DiscoveryConfig] });
}

async function start(file: object, env?: Environment) {
  const module = await Test.createTestingModule({
    imports: [KernelModule, ConfigModule.forRoot(configOf(file, env)), ProvidersModule],
  }).compile();
  onTestFinished(() => module.close());
  return {
    registry: module.get(ProviderRegistry),
    chain: module.get(ProviderChain),
    local: module.get(LocalProviders),
  };
}

describe('The providers of a configuration', () => {
  it('are the eleven preconfigured ones, usable once their variable is set', async () => {
    const env = Object.fromEntries(
      Object.entries(KNOWN_PROVIDERS).map(([name, { keyVariable }]) => [keyVariable, `${name}-key`]),
    );
    const { registry } = await start({}, env);
    expect(Object.keys(KNOWN_PROVIDERS)).toHaveLength(11);
    expect(registry.list().map(({ name, usable }) => [name, usable])).toEqual(
      Object.keys(KNOWN_PROVIDERS).map((name) => [name, true]),
    );
    expect(registry.get('anthropic')?.info).toMatchObject({
      type: 'anthropic_native',
      defaultModel: 'claude-sonnet-4-5-20250929',
    });
    expect((await start({})).registry.hasUsable).toBe(false);
  });

  it('are any other names with a base URL, of either type', async () => {
    const { registry } = await start({
      providers: {
        mine: { api_base: 'http://mine.test/v1/', models: ['m1'] },
        claude: { api_base: 'http://claude.test', provider_type: 'anthropic_native' },
        nothing: {},
      },
    });
    expect(registry.get('mine')?.info).toMatchObject({ apiBase: 'http://mine.test/v1', defaultModel: 'm1' });
    expect(registry.get('claude')?.info.type).toBe('anthropic_native');
    expect(registry.get('nothing')).toBeUndefined();
  });

  it.each(['anthropic', 'openai', 'groq', 'gemini'])('take a base URL of their own: %s', async (name) => {
    await using llm = await ScriptedLlm.start();
    llm.reply(`I am ${name}`);
    const { chain } = await start({ providers: { [name]: { api_base: llm.openaiUrl } } });
    const request = {
      system: '',
      messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Who?' }] }],
      tools: [],
      sampling: {},
    };
    const { signal } = new AbortController();
    const parts = await partsOf(chain.stream([{ provider: name, model: 'm' }], request, { signal }));
    expect(parts).toContainEqual({ type: 'text-delta', text: `I am ${name}` });
  });

  it('never show a key, and a key of the environment is no reason for a warning', () => {
    const config = configOf(
      { providers: { mine: { api_base: NOWHERE, api_key: 'secret-a' } } },
      { GOCLAW_OPENAI_API_KEY: 'secret-b' },
    );
    expect(config.get(ProvidersConfig).entries['openai']?.api_key).toBe('secret-b');
    expect(JSON.stringify(config.masked())).not.toContain('secret');
    expect(config.warnings).toEqual([expect.stringContaining('providers.mine.api_key')]);
  });

  it('are refused with the path of what is wrong', () => {
    expect(() => configOf({ providers: { mine: { api_base: 'mine' } } })).toThrow('providers.mine.api_base');
    expect(() => configOf({ providers: { mine: { apibase: NOWHERE } } })).toThrow('did you mean "api_base"');
    expect(() => configOf({}, { GOCLAW_OPENAI_API_KEY: 'sk-…' })).toThrow(
      'providers.openai.api_key: must consist of printable ASCII characters; got ***',
    );
  });
});

describe('Model servers on this machine', () => {
  it('become providers when they answer, and go when they are gone', async () => {
    await using llm = await ScriptedLlm.start({ models: ['llama3', 'qwen'] });
    const { registry, local } = await start({
      discovery: { ollama: llm.openaiUrl, lmstudio: NOWHERE, vllm: '' },
    });
    expect(registry.get('ollama')).toBeUndefined();
    expect(await local.probe()).toEqual(['ollama']);
    expect(registry.get('ollama')?.info).toMatchObject({
      source: 'local',
      usable: true,
      defaultModel: 'llama3',
    });
    expect(await registry.modelsOf('ollama', new AbortController().signal)).toEqual(['llama3', 'qwen']);
    await llm.refuse();
    expect(await local.probe()).toEqual([]);
    expect(registry.get('ollama')).toBeUndefined();
  });

  it('are not looked for when discovery is off', async () => {
    await using llm = await ScriptedLlm.start();
    const { local } = await start({ discovery: { ollama: llm.openaiUrl } }, { GOCLAW_DISCOVERY: 'false' });
    expect(await local.probe()).toEqual([]);
    expect(llm.connections).toBe(0);
  });

  it('may be configured by hand, which wins', async () => {
    await using llm = await ScriptedLlm.start();
    const { registry, local } = await start({
      discovery: { ollama: llm.openaiUrl, lmstudio: '', vllm: '' },
      providers: { ollama: { api_base: 'http://other.test/v1' } },
    });
    await local.probe();
    expect(registry.get('ollama')?.info.apiBase).toBe('http://other.test/v1');
  });
});
