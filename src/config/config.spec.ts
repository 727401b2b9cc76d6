import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { ConfigSection, Env, EnvOnly, type Environment, Nested, Secret } from './config-metadata.js';
import { ConfigError } from './config.errors.js';
import type { ConfigService } from './config.service.js';
import { environmentBeside } from './env-file.js';
import { loadConfig } from './load-config.js';

class Limits {
  @IsInt() @Min(1) rpm = 20;
}

@ConfigSection('door')
class DoorConfig {
  @IsInt() @Min(1) @Max(65_535) @Env('DOOR_PORT') port = 18_790;
  @IsIn(['log', 'block']) action = 'log';
  @IsArray() @Env('DOOR_OWNERS') owners: string[] = [];
  @IsOptional() @IsString() @Secret() @Env('DOOR_TOKEN') token?: string;
  @IsOptional() @IsString() @Secret() @EnvOnly('DOOR_DSN') dsn?: string;
  @Nested(() => Limits) limits = new Limits();
}

@ConfigSection('door')
class BellConfig {
  @IsString() tone = 'ding';
}

class Endpoint {
  @IsOptional() @IsString() @Secret() api_key?: string;
  @IsOptional() @IsString() api_base?: string;
}

@ConfigSection('endpoints', {
  mapOf: () => Endpoint,
  fromEnv: (env): Record<string, Record<string, unknown>> =>
    env['ACME_KEY'] ? { acme: { api_key: env['ACME_KEY'] } } : {},
})
class EndpointsConfig {
  readonly entries: Readonly<Record<string, Endpoint>> = {};
}

function load(text: string | undefined, env: Environment = {}): ConfigService {
  const path = join(mkdtempSync(join(tmpdir(), 'goclaw-config-')), 'config.json');
  if (text !== undefined) writeFileSync(path, text);
  return loadConfig({ path, env, sections: [DoorConfig, BellConfig, EndpointsConfig] });
}

function issuesOf(text: string, env: Environment = {}): Record<string, string> {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.issues.map((i) => [i.path, i.message]));
    throw error;
  }
  return {};
}

describe('configuration', () => {
  it('starts from defaults when the file is missing, with the environment applied', () => {
    const door = load(undefined, { DOOR_PORT: '8080', DOOR_OWNERS: 'ann, bob' }).get(DoorConfig);
    expect(door).toMatchObject({ port: 8080, action: 'log', owners: ['ann', 'bob'], limits: { rpm: 20 } });
  });

  it('reads JSON5 with comments and lets a non-empty environment variable win over the file', () => {
    const text = "{ door: { port: 1, /* why */ action: 'block', limits: { rpm: 3 } }, }";
    expect(load(text, { DOOR_PORT: '' }).get(DoorConfig)).toMatchObject({ port: 1, limits: { rpm: 3 } });
    expect(load(text, { DOOR_PORT: '2' }).get(DoorConfig)).toMatchObject({ port: 2, action: 'block' });
  });

  it('lets two modules declare parts of one section', () => {
    const config = load("{ door: { port: 7, tone: 'dong' } }");
    expect(config.get(DoorConfig).port).toBe(7);
    expect(config.get(BellConfig).tone).toBe('dong');
  });

  it('names the path, the value and what is allowed, for every issue at once', () => {
    const issues = issuesOf("{ door: { port: 99999, action: 'shout', limits: { rpm: 0 } } }");
    expect(issues['door.port']).toMatch(/must not be greater than 65535; got 99999.*DOOR_PORT/);
    expect(issues['door.action']).toMatch(/log, block; got "shout"/);
    expect(issues['door.limits.rpm']).toMatch(/must not be less than 1; got 0/);
  });

  it('refuses unknown keys and sections and suggests the nearest known one', () => {
    const issues = issuesOf('{ door: { prot: 1, limits: { rmp: 2 } }, window: {} }');
    expect(issues['door.prot']).toContain('did you mean "port"?');
    expect(issues['door.limits.rmp']).toContain('did you mean "rpm"?');
    expect(issues['window']).toContain('known: door, endpoints');
  });

  it('says where JSON5 is broken', () => {
    expect(issuesOf('{ door: { port: } }')['']).toMatch(/not valid JSON5: .*1:17/);
  });

  it('refuses the wrong kind of value instead of converting it', () => {
    expect(issuesOf("{ door: { port: '80' } }")['door.port']).toContain('integer');
    expect(issuesOf('{ door: [] }')['door']).toContain('must be an object');
    expect(issuesOf('{}', { DOOR_PORT: 'http' })['door.port']).toContain('got "http"');
  });

  it('uses a secret found in the file, warns about it, and masks it', () => {
    const config = load("{ door: { token: 'hunter22' } }");
    expect(config.get(DoorConfig).token).toBe('hunter22');
    expect(config.warnings.join()).toContain(
      'door.token is a secret in the configuration file; set DOOR_TOKEN',
    );
    expect(JSON.stringify(config.masked())).not.toContain('hunter22');
    expect(config.masked()).toMatchObject({ door: { token: '***', port: 18_790, tone: 'ding' } });
  });

  it('refuses a key that belongs into the environment alone', () => {
    expect(issuesOf("{ door: { dsn: 'postgres://x' } }")['door.dsn']).toContain('DOOR_DSN only');
    expect(load('{}', { DOOR_DSN: 'postgres://x' }).get(DoorConfig).dsn).toBe('postgres://x');
  });

  it('warns about sections of features that this version does not have', () => {
    expect(load('{ channels: { telegram: {} } }').warnings).toEqual([expect.stringContaining('channels')]);
  });

  it('builds map sections from file and environment', () => {
    const { entries } = load("{ endpoints: { local: { api_base: 'http://l' } } }", { ACME_KEY: 'k' }).get(
      EndpointsConfig,
    );
    expect(entries).toMatchObject({ local: { api_base: 'http://l' }, acme: { api_key: 'k' } });
    expect(issuesOf('{ endpoints: { local: { api_bse: 1 } } }')['endpoints.local.api_bse']).toContain(
      'api_base',
    );
  });

  it('is deep-frozen, and its hash follows its values', () => {
    const config = load('{}');
    expect(() => Reflect.set(config.get(DoorConfig).limits, 'rpm', 1)).not.toThrow();
    expect(config.get(DoorConfig).limits.rpm).toBe(20);
    expect(config.hash()).toMatch(/^[0-9a-f]{16}$/);
    expect(load('{}').hash()).toBe(config.hash());
    const withToken = (token: string): string => load(`{ door: { token: '${token}' } }`).hash();
    expect(withToken('a')).not.toBe(withToken('b'));
    expect(load('{}', { DOOR_TOKEN: 'a' }).hash()).toBe(load('{}', { DOOR_TOKEN: 'b' }).hash());
    expect(load('{ door: { port: 2 } }').hash()).not.toBe(config.hash());
  });

  it('loads .env.local beside the file underneath the environment', () => {
    const dir = mkdtempSync(join(tmpdir(), 'goclaw-env-'));
    writeFileSync(join(dir, '.env.local'), 'export A=file\nB="also file"\n');
    expect(environmentBeside(join(dir, 'config.json'), { A: 'set' })).toMatchObject({
      A: 'set',
      B: 'also file',
    });
  });
});
