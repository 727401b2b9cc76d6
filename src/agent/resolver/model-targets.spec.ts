import { describe, expect, it } from 'vitest';
import { KNOWN_PROVIDERS, ProviderRegistry, ProvidersConfig } from '#providers';
import { AgentEntity } from '#store';
import { configOf } from '../../../test/support/config.js';
import { AgentsConfig } from '../agents.config.js';
import { ModelTargets } from './model-targets.js';

function agent(values: Partial<AgentEntity> = {}): AgentEntity {
  return Object.assign(new AgentEntity(), { provider: '', model: '', other_config: {}, ...values });
}

function targets(usable: readonly string[], defaults: object = {}): ModelTargets {
  const registry = new ProviderRegistry(() => undefined as never);
  const settings = ['openai', 'anthropic', 'groq'].map((name) => ({
    name,
    type: 'openai_compat' as const,
    apiBase: KNOWN_PROVIDERS[name]?.apiBase ?? '',
    keyVariable: `GOCLAW_${name.toUpperCase()}_API_KEY`,
    ...(usable.includes(name) && { apiKey: 'k' }),
  }));
  registry.replaceAll('config', settings);
  const config = configOf([AgentsConfig, ProvidersConfig], { agents: { defaults } });
  return new ModelTargets(registry, config);
}

describe('the models that are asked', () => {
  it('are the agent’s, then the configured defaults', () => {
    const found = targets(['openai', 'anthropic'], { model: 'm' });
    expect(found.primary(agent({ provider: 'openai', model: 'own' }))).toEqual({
      provider: 'openai',
      model: 'own',
    });
    const configured = targets(['openai', 'anthropic'], { provider: 'anthropic', model: 'm' });
    expect(configured.primary(agent())).toEqual({ provider: 'anthropic', model: 'm' });
  });

  it('are followed by the fallbacks in order, without what cannot be used', () => {
    const own = { other_config: { fallbacks: ['gpt-other', 'anthropic/a/b', 'groq/llama'] } };
    const found = targets(['openai', 'anthropic'], {
      model: 'm',
      fallbacks: ['groq/llama', 'anthropic/claude'],
    });
    expect(found.of(agent({ provider: 'openai' }))).toEqual([
      { provider: 'openai', model: 'm' },
      { provider: 'anthropic', model: 'claude' },
    ]);
    expect(found.of(agent({ provider: 'openai', ...own }))).toEqual([
      { provider: 'openai', model: 'm' },
      { provider: 'openai', model: 'gpt-other' },
      { provider: 'anthropic', model: 'a/b' },
    ]);
  });

  it('are what the session says before what the user says before what the agent says', () => {
    const found = targets(['openai', 'anthropic'], { model: 'm' });
    const of = agent({ provider: 'openai', model: 'agents' });
    const user = { provider: 'anthropic', model: 'users' };
    expect(found.primary(of, user)).toEqual(user);
    expect(found.primary(of, { provider: null, model: 'users' })).toEqual({
      provider: 'openai',
      model: 'users',
    });
    expect(found.primary(of, user, 'sessions')).toEqual({ provider: 'anthropic', model: 'sessions' });
    expect(found.primary(of, user, 'openai/gpt')).toEqual({ provider: 'openai', model: 'gpt' });
    expect(found.primary(of, undefined, 'meta/llama')).toEqual({ provider: 'openai', model: 'meta/llama' });
  });

  it('are not the agent’s model at a provider that the user chose', () => {
    const found = targets(['openai', 'anthropic']);
    expect(
      found.primary(agent({ provider: 'openai', model: 'gpt' }), { provider: 'groq', model: null }),
    ).toEqual({
      provider: 'groq',
      model: '',
    });
  });

  it('are named with the key to set when none can be used', () => {
    expect(() => targets([]).of(agent())).toThrow(
      expect.objectContaining({
        code: 'FAILED_PRECONDITION',
        message: expect.stringContaining('GOCLAW_ANTHROPIC_API_KEY'),
      }),
    );
    expect(() => targets([]).of(agent({ provider: 'groq' }))).toThrow(/GOCLAW_GROQ_API_KEY/);
  });
});
