import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '#crypto';
import { SealedFields } from '#permissions';
import type { ProviderRow } from '#store';
import { columnsOf, settingsOfRow, showProvider } from './provider-input.js';

const sealed = new SealedFields(new SecretBox(randomBytes(32)));
const others = new SealedFields(new SecretBox(randomBytes(32)));

function row(values: Partial<ProviderRow> = {}): ProviderRow {
  return {
    id: 'i',
    version: 1,
    created_at: new Date(0),
    updated_at: new Date(0),
    name: 'mine',
    display_name: null,
    provider_type: 'openai_compat',
    api_base: 'http://mine.test/v1/',
    api_key: sealed.text('sk-1') ?? null,
    enabled: true,
    settings: {},
    ...values,
  };
}

describe('The row of a provider', () => {
  it('becomes the settings of an adapter', () => {
    expect(settingsOfRow(row({ settings: { default_model: 'm', models: ['m', 'n'] } }), sealed)).toEqual({
      name: 'mine',
      type: 'openai_compat',
      apiBase: 'http://mine.test/v1',
      apiKey: 'sk-1',
      defaultModel: 'm',
      models: ['m', 'n'],
    });
    expect(settingsOfRow(row({ enabled: false, api_key: null }), sealed)).toEqual({
      name: 'mine',
      type: 'openai_compat',
      apiBase: 'http://mine.test/v1',
      disabled: true,
    });
  });

  it('has the base URL of the vendor where it names none', () => {
    expect(settingsOfRow(row({ name: 'groq', api_base: null }), sealed).apiBase).toBe(
      'https://api.groq.com/openai/v1',
    );
  });

  it.each([
    ['sealed with another key', others.text('sk-1')],
    ['not sealed', 'sk-1'],
  ])('is broken, and never used as it is stored, when its key is %s', (_, api_key) => {
    const settings = settingsOfRow(row({ api_key: api_key ?? null }), sealed);
    expect(settings.apiKey).toBeUndefined();
    expect(settings.broken).toMatch(/The API key of the provider mine cannot be used\./);
    expect(JSON.stringify(settings)).not.toContain('sk-1');
  });

  it('is shown without its key', () => {
    expect(showProvider(row()).api_key).toBe('***');
    expect(showProvider(row({ api_key: null }))).not.toHaveProperty('api_key');
  });
});

describe('A change of a provider', () => {
  it.each(['http://mine.test/v2', 'http://mine.test/v1'])(
    'may move it to %s with the stored key',
    (api_base) => {
      expect(columnsOf({ api_base }, row(), sealed)).toMatchObject({ api_base });
    },
  );

  it.each([
    [{ api_base: 'http://evil.test/v1' }],
    [{ api_base: 'https://mine.test/v1' }],
    [{ api_base: 'http://mine.test:8080/v1' }],
    [{ api_base: null, name: 'groq' }],
  ])('needs the key again for %j', (input) => {
    expect(() => columnsOf(input, row(), sealed)).toThrow('api_key is required again');
    expect(() => columnsOf({ ...input, api_key: '***' }, row(), sealed)).toThrow('api_key is required again');
    expect(columnsOf({ ...input, api_key: 'new' }, row(), sealed)).toHaveProperty('api_key');
    expect(columnsOf({ ...input, api_key: null }, row(), sealed)).toHaveProperty('api_key', null);
  });
});
