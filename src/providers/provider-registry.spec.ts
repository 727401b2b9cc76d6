import { describe, expect, it } from 'vitest';
import type { LlmProvider } from '#contracts';
import { partsOf } from './adapters.fixture.js';
import { ProviderRegistry } from './provider-registry.js';
import type { ProviderSettings } from './provider-settings.js';

const never = new AbortController().signal;
const settings = (name: string, more: Partial<ProviderSettings> = {}): ProviderSettings => ({
  name,
  type: 'openai_compat',
  apiBase: `http://${name}.test/v1`,
  ...more,
});

function start(): { registry: ProviderRegistry; lists: () => number } {
  let lists = 0;
  const make = ({ name }: ProviderSettings): LlmProvider => ({
    name,
    async *stream() {
      // Not asked in this file.
    },
    listModels: () => {
      lists++;
      return Promise.resolve([`${name}-1`]);
    },
  });
  return { registry: new ProviderRegistry(make), lists: () => lists };
}

describe('ProviderRegistry', () => {
  it('lets the database override the configuration, and the configuration what was found', () => {
    const { registry } = start();
    registry.register(settings('x', { apiBase: 'http://db' }), 'database');
    registry.register(settings('x', { apiBase: 'http://file' }), 'config');
    registry.register(settings('x', { apiBase: 'http://found' }), 'local');
    expect(registry.get('x')?.info).toMatchObject({ apiBase: 'http://db', source: 'database' });
    registry.unregister('x', 'database');
    expect(registry.get('x')?.info).toMatchObject({ apiBase: 'http://file', source: 'config' });
    registry.replaceAll('config', []);
    expect(registry.get('x')?.info.source).toBe('local');
    registry.replaceAll('local', []);
    expect(registry.get('x')).toBeUndefined();
  });

  it('makes an adapter anew only when its settings changed', () => {
    const { registry } = start();
    registry.replaceAll('database', [settings('x', { apiKey: 'k1' }), settings('y')]);
    const [x, y] = [registry.get('x')?.adapter, registry.get('y')?.adapter];
    registry.replaceAll('database', [settings('x', { apiKey: 'k2' }), settings('y')]);
    expect(registry.get('x')?.adapter).not.toBe(x);
    expect(registry.get('y')?.adapter).toBe(y);
    expect(registry.get('x')?.keyFingerprint).not.toContain('k2');
  });

  it('counts as usable what has a key or an endpoint of its own, and picks in the known order', () => {
    const { registry } = start();
    registry.replaceAll('config', [
      settings('mine'),
      settings('openai', { apiBase: 'https://api.openai.com/v1' }),
      settings('deepseek', { apiKey: 'k' }),
    ]);
    expect(registry.list().map(({ name, usable }) => [name, usable])).toEqual([
      ['openai', false],
      ['deepseek', true],
      ['mine', true],
    ]);
    expect(registry.firstUsable()?.info.name).toBe('deepseek');
    registry.unregister('deepseek', 'config');
    expect(registry.firstUsable()?.info.name).toBe('mine');
    registry.unregister('mine', 'config');
    expect(registry.hasUsable).toBe(false);
  });

  it('asks an endpoint once for its models, again after a change, never when they are configured', async () => {
    const { registry, lists } = start();
    registry.register(settings('x'), 'config');
    registry.register(settings('y', { models: ['only'] }), 'config');
    expect(await registry.modelsOf('x', never)).toEqual(['x-1']);
    await registry.modelsOf('x', never);
    expect(await registry.modelsOf('y', never)).toEqual(['only']);
    expect(lists()).toBe(1);
    registry.register(settings('x', { apiKey: 'k' }), 'config');
    await registry.modelsOf('x', never);
    expect(lists()).toBe(2);
    await expect(registry.modelsOf('z', never)).rejects.toMatchObject({ kind: 'no-provider' });
  });

  it('hides a name whose provider of the database is disabled', () => {
    const { registry } = start();
    registry.register(settings('x', { apiKey: 'k' }), 'config');
    registry.register(settings('x', { disabled: true }), 'database');
    expect(registry.get('x')).toBeUndefined();
    expect(registry.list()).toEqual([]);
    registry.unregister('x', 'database');
    expect(registry.get('x')?.info.source).toBe('config');
  });

  it('never calls a provider whose key cannot be opened, and says why', async () => {
    const { registry, lists } = start();
    registry.register(settings('x', { broken: 'The key is lost.' }), 'database');
    expect(registry.get('x')?.info.usable).toBe(false);
    expect(registry.hasUsable).toBe(false);
    await expect(registry.modelsOf('x', never)).rejects.toThrow('The key is lost.');
    const request = { model: 'm', system: '', messages: [], tools: [], sampling: {} };
    const adapter = registry.get('x')?.adapter;
    expect(adapter && (await partsOf(adapter.stream(request, never)))).toMatchObject([
      { type: 'error', error: { kind: 'no-provider', message: 'The key is lost.' } },
    ]);
    expect(lists()).toBe(0);
  });
});
