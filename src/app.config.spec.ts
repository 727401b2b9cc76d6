import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, configSchema, type ConfigSource, joinPath, placesOf, shapeOf } from '#config';
import { loadAppConfig } from './app.config.js';

const directory = mkdtempSync(join(tmpdir(), 'goclaw-schema-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function load(file: object, env: Record<string, string> = {}): ReturnType<typeof loadAppConfig> {
  const path = join(directory, 'config.json');
  writeFileSync(path, JSON.stringify(file));
  return loadAppConfig(path, env);
}

function isRefused(file: object): boolean {
  try {
    load(file);
    return false;
  } catch (error) {
    if (error instanceof ConfigError) return true;
    throw error;
  }
}

function sections(): ConfigSource['sections'] {
  return load({}).source?.sections ?? [];
}

function validator(): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, validateFormats: false });
  for (const keyword of ['x-env', 'x-restart']) ajv.addKeyword(keyword);
  return ajv.compile(configSchema(sections()));
}

/** The shape of the file without what only the environment can give, and without masks. */
function asFile(config: Record<string, unknown>): Record<string, unknown> {
  const database = Object.entries(config['database'] as object).filter(([key]) => key !== 'data_dir');
  return { ...config, database: Object.fromEntries(database) };
}

describe('the schema of the configuration', () => {
  it('is a valid one that takes the defaults, and the example of the documentation', () => {
    const validate = validator();
    const defaults = asFile(load({}).masked());
    expect(validate(defaults), JSON.stringify(validate.errors)).toBe(true);
    const file = {
      gateway: { port: 8080, owner_ids: ['ann'], injection_action: 'block' },
      agents: {
        defaults: { temperature: 0.2 },
        list: { helper: { displayName: 'Helper', tools: { deny: ['exec'] } } },
      },
      providers: { acme: { api_base: 'http://127.0.0.1:1234/v1', models: ['m'] } },
    };
    expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
    expect(isRefused(file)).toBe(false);
  });

  it.each([
    { gateway: { port: 99_999 } },
    { gateway: { port: '80' } },
    { gateway: { prot: 80 } },
    { gateway: { owner_ids: [1] } },
    { gateway: { owner_ids: 'ann' } },
    { gateway: { injection_action: 'shout' } },
    { gateway: { token: 'short' } },
    { agents: { defaults: { temperature: 3 } } },
    { agents: { defaults: { contextPruning: { hardClear: { enabled: 'yes' } } } } },
    { agents: { list: { helper: { max_tokens: 0 } } } },
    { agents: { list: { helper: 'x' } } },
    { providers: { acme: { provider_type: 'other' } } },
    { scheduler: { queue: { mode: 'stack' } } },
    { tools: { profile: 'everything' } },
    { database: { postgres_dsn: 'postgres://x' } },
    { window: {} },
  ])('refuses what the gateway refuses: %j', (file) => {
    expect(isRefused(file)).toBe(true);
    expect(validator()(file)).toBe(false);
  });

  it('says what is a secret, which variable wins, what has a default and what needs a restart', () => {
    const schema = JSON.parse(JSON.stringify(configSchema(sections()))) as {
      properties: Record<
        string,
        { properties: Record<string, object>; additionalProperties: { properties: object } }
      >;
    };
    const { gateway, providers } = schema.properties;
    expect(gateway?.properties).toMatchObject({
      port: {
        type: 'integer',
        minimum: 0,
        maximum: 65_535,
        default: 18_790,
        'x-env': 'GOCLAW_PORT',
        'x-restart': true,
      },
      token: { type: 'string', writeOnly: true, minLength: 16 },
      rate_limit_rpm: { type: 'integer', default: 20 },
      injection_action: { enum: ['log', 'warn', 'block', 'off'] },
    });
    expect(gateway?.properties['rate_limit_rpm']).not.toHaveProperty('x-restart');
    expect(schema.properties['tools']?.properties['rate_limit_per_hour']).toMatchObject({
      description: 'Calls per session and hour; 0 is no limit.',
    });
    expect(providers?.additionalProperties.properties).toMatchObject({ api_key: { writeOnly: true } });
  });
});

describe('every key of the configuration', () => {
  const places = (live: boolean): string[] =>
    [...placesOf(shapeOf(sections()))]
      .filter(({ property: { live: isLive, meta } }) => isLive === live && !meta.envOnly)
      .map(({ keys }) => joinPath(keys));

  it('that needs a restart is listed in the documentation, and no other one', () => {
    const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'configuration.md'), 'utf8');
    const list = /<!-- restart -->([\s\S]*?)<!-- \/restart -->/.exec(text)?.[1] ?? '';
    const listed = [...list.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    expect(listed.toSorted()).toEqual(places(false).toSorted());
  });

  it('of what is read whenever it is used is live', () => {
    expect(places(true)).toEqual(
      expect.arrayContaining([
        'providers.<name>.api_key',
        'agents.defaults.model',
        'gateway.rate_limit_rpm',
        'tools.deny',
      ]),
    );
  });
});
