import 'reflect-metadata';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BusModule, ConfigChanged } from '#bus';
import { ConfigModule, type ConfigService } from '#config';
import { KernelModule } from '#kernel';
import { ConfigEditor, ConfigWatcher, LiveConfig, LiveConfigModule, useConfigOfDatabase } from '#live-config';
import { GatewayConfig, PermissionsModule } from '#permissions';
import { ProvidersConfig } from '#providers';
import { ConfigOverrideStore, type Database, StoreError, StoreModule } from '#store';
import { ToolsConfig } from '#tools';
import { loadAppConfig } from '../../src/app.config.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';

const ENV = { GOCLAW_ENCRYPTION_KEY: 'ab'.repeat(32), GOCLAW_GATEWAY_TOKEN: 'token-of-the-environment' };
const ADMIN = callerOf('ann', 'admin');

@EventsHandler(ConfigChanged)
class Heard implements IEventHandler<ConfigChanged> {
  readonly events: ConfigChanged[] = [];

  handle(event: ConfigChanged): void {
    this.events.push(event);
  }
}

@Module({})
class TestModule {}

interface Gateway {
  readonly app: INestApplicationContext;
  readonly config: ConfigService;
  readonly editor: ConfigEditor;
  readonly live: LiveConfig;
  readonly heard: Heard;
  readonly path: string;
}

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

async function start(
  database: Database,
  mode: 'managed' | 'standalone',
  file: object | string = {},
  env: Record<string, string> = {},
): Promise<Gateway> {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-live-'));
  const path = join(directory, 'config.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  const config = loadAppConfig(path, { ...ENV, GOCLAW_MODE: mode, GOCLAW_DATA_DIR: directory, ...env });
  await useConfigOfDatabase(config, database);
  const module = {
    module: TestModule,
    imports: [
      KernelModule,
      ConfigModule.forRoot(config),
      StoreModule.forRoot(database),
      BusModule,
      PermissionsModule,
      LiveConfigModule,
    ],
    providers: [Heard],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  opened.push(async () => {
    await app.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    app,
    config,
    path,
    editor: app.get(ConfigEditor),
    live: app.get(LiveConfig),
    heard: app.get(Heard),
  };
}

function patch(document: object, baseHash?: string): Parameters<ConfigEditor['change']>[1] {
  return { kind: 'patch', document: document as Record<string, unknown>, ...(baseHash && { baseHash }) };
}

function apply(document: object): Parameters<ConfigEditor['change']>[1] {
  return { kind: 'apply', document: document as Record<string, unknown> };
}

async function auditOf(
  database: Database,
): Promise<{ action: string; before: object; after: object; details: object }[]> {
  return database.query('SELECT action, before, after, details FROM audit_log ORDER BY seq');
}

describeEachEngine('the configuration', (make) => {
  let engine: EngineUnderTest;
  let database: Database;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  afterEach(async () => {
    await database.query(`UPDATE config_overrides SET patch = '{}'`);
    await database.query('DELETE FROM config_secrets');
  });

  describe('in managed mode', () => {
    it('is changed for this gateway at once and for the next start, and the file is left alone', async () => {
      const text = '{ gateway: { rate_limit_rpm: 7 } /* why */ }';
      const gateway = await start(database, 'managed', text);
      const result = await gateway.editor.change(
        ADMIN,
        patch({ gateway: { rate_limit_rpm: 9, port: 1234 } }),
      );
      expect(result).toMatchObject({
        ok: true,
        restart: true,
        applied: ['gateway.rate_limit_rpm'],
        restartRequired: ['gateway.port'],
        shadowed: [],
        config: { gateway: { rate_limit_rpm: 9, port: 1234 } },
      });
      expect(gateway.config.get(GatewayConfig)).toMatchObject({ rate_limit_rpm: 9, port: 18_790 });
      expect(gateway.config.awaitingRestart).toEqual(['gateway.port']);
      expect(gateway.config.hash()).toBe(result.hash);
      expect(readFileSync(gateway.path, 'utf8')).toBe(text);
      const next = await start(database, 'managed', text);
      expect(next.config.get(GatewayConfig)).toMatchObject({ rate_limit_rpm: 9, port: 1234 });
      expect(next.config.hash()).toBe(result.hash);
    });

    it('seals secrets, shows none, keeps them at *** and forgets them at null', async () => {
      const gateway = await start(database, 'managed');
      const secret = 'sk-of-the-test';
      const set = await gateway.editor.change(
        ADMIN,
        patch({ providers: { 'my.host': { api_key: secret, api_base: 'http://127.0.0.1:1' } } }),
      );
      expect(set.config).toMatchObject({ providers: { 'my.host': { api_key: '***' } } });
      const key = (): string | undefined => gateway.config.get(ProvidersConfig).entries['my.host']?.api_key;
      expect(key()).toBe(secret);
      const kept = await gateway.editor.change(
        ADMIN,
        apply({ providers: { 'my.host': { api_key: '***', api_base: 'http://127.0.0.1:1/v1' } } }),
      );
      expect(key()).toBe(secret);
      const again = await start(database, 'managed');
      expect(again.config.get(ProvidersConfig).entries['my.host']?.api_key).toBe(secret);
      expect(again.config.hash()).toBe(kept.hash);
      const tables = await database.query(
        'SELECT patch::text AS t FROM config_overrides UNION ALL SELECT value FROM config_secrets UNION ALL SELECT coalesce(before::text, $1) || coalesce(after::text, $1) || coalesce(details::text, $1) FROM audit_log',
        [''],
      );
      expect(JSON.stringify(tables)).not.toContain(secret);
      expect(readFileSync(gateway.path, 'utf8')).not.toContain(secret);
      await gateway.editor.change(ADMIN, patch({ providers: { 'my.host': { api_key: null } } }));
      expect(key()).toBeUndefined();
      expect(await database.query('SELECT FROM config_secrets')).toEqual([]);
    });

    it('forgets the secrets of an entry that is removed', async () => {
      const gateway = await start(database, 'managed');
      await gateway.editor.change(
        ADMIN,
        patch({ providers: { acme: { api_key: 'sk-1', api_base: 'http://a.test' } } }),
      );
      await gateway.editor.change(ADMIN, patch({ providers: { acme: null } }));
      expect(gateway.config.get(ProvidersConfig).entries['acme']).toBeUndefined();
      expect(await database.query('SELECT FROM config_secrets')).toEqual([]);
    });

    it('refuses the change of who has not seen the newest, with the hash of it', async () => {
      const gateway = await start(database, 'managed');
      const before = gateway.config.hash();
      const first = await gateway.editor.change(ADMIN, patch({ tools: { rate_limit_per_hour: 5 } }, before));
      await expect(
        gateway.editor.change(ADMIN, patch({ tools: { rate_limit_per_hour: 6 } }, before)),
      ).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION',
        details: { hash: first.hash },
      });
      expect(gateway.config.get(ToolsConfig).rate_limit_per_hour).toBe(5);
    });

    it('lets one of two changes at once win, and never mixes them', async () => {
      const gateway = await start(database, 'managed');
      const base = gateway.config.hash();
      const both = await Promise.allSettled(
        [1, 2].map((n) => gateway.editor.change(ADMIN, patch({ tools: { rate_limit_per_hour: n } }, base))),
      );
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    it('takes nothing of a change of which something is wrong, and names every issue', async () => {
      const gateway = await start(database, 'managed');
      const wrong = patch({ tools: { rate_limit_per_hour: 5 }, gateway: { port: 'x', prot: 1 } });
      await expect(gateway.editor.change(ADMIN, wrong)).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        details: { issues: [{ path: 'gateway.prot' }, { path: 'gateway.port' }] },
      });
      expect(gateway.config.get(ToolsConfig).rate_limit_per_hour).toBe(0);
      expect(await database.query('SELECT patch FROM config_overrides')).toEqual([{ patch: {} }]);
    });

    it('cannot change what is needed before the database is open', async () => {
      const gateway = await start(database, 'managed');
      await expect(gateway.editor.change(ADMIN, patch({ database: { pool_size: 5 } }))).rejects.toMatchObject(
        {
          reason: 'before-database',
          message: expect.stringContaining('configuration file or the environment'),
        },
      );
    });

    it('says where the environment has the last word', async () => {
      const gateway = await start(
        database,
        'managed',
        {},
        { GOCLAW_OWNER_IDS: 'root', GOCLAW_OPENAI_API_KEY: 'sk-env' },
      );
      const result = await gateway.editor.change(
        ADMIN,
        patch({ gateway: { owner_ids: ['ann'] }, providers: { openai: { api_key: 'sk-wire' } } }),
      );
      expect(result.shadowed.toSorted()).toEqual(['gateway.owner_ids', 'providers.openai.api_key']);
      expect(result.applied).toEqual([]);
      expect(gateway.config.get(GatewayConfig).owner_ids).toEqual(['root']);
    });

    it('goes back to the default at null, and stays what is read when that is written', async () => {
      const gateway = await start(database, 'managed', { gateway: { rate_limit_rpm: 7 } });
      const { hash } = await gateway.editor.change(ADMIN, patch({ gateway: { rate_limit_rpm: null } }));
      expect(gateway.config.get(GatewayConfig).rate_limit_rpm).toBe(20);
      const same = await gateway.editor.change(ADMIN, apply(gateway.config.masked()));
      expect(same).toMatchObject({ hash, applied: [], restartRequired: [] });
    });

    it('has its entry in the audit log, with what was and is', async () => {
      const gateway = await start(database, 'managed');
      await gateway.editor.change(
        ADMIN,
        patch({ tools: { rate_limit_per_hour: 3 }, providers: { openai: { api_key: 'sk-2' } } }),
      );
      expect((await auditOf(database)).at(-1)).toMatchObject({
        action: 'config.change',
        before: { 'tools.rate_limit_per_hour': 0 },
        after: { 'tools.rate_limit_per_hour': 3, 'providers.openai.api_key': '***' },
        details: { sealed: ['providers.openai.api_key'] },
      });
    });

    it('tells the others what changed, once', async () => {
      const gateway = await start(database, 'managed');
      await gateway.editor.change(ADMIN, patch({ tools: { deny: ['exec'] } }));
      await gateway.live.reload();
      expect(gateway.heard.events.map(({ paths }) => paths)).toEqual([['tools.deny']]);
    });
  });

  describe('in standalone mode', () => {
    it('is written into the file in one step, for its owner alone, with the text before beside it', async () => {
      const gateway = await start(
        database,
        'standalone',
        '{ gateway: { port: 7 }, channels: { x: {} } /* why */ }',
      );
      const result = await gateway.editor.change(ADMIN, patch({ tools: { rate_limit_per_hour: 4 } }));
      expect(result.applied).toEqual(['tools.rate_limit_per_hour']);
      expect(gateway.config.get(ToolsConfig).rate_limit_per_hour).toBe(4);
      expect(JSON.parse(readFileSync(gateway.path, 'utf8'))).toEqual({
        gateway: { port: 7 },
        channels: { x: {} },
        tools: { rate_limit_per_hour: 4 },
      });
      expect(readFileSync(gateway.path, 'utf8')).toContain('\n  "gateway"');
      expect(statSync(gateway.path).mode & 0o777).toBe(0o600);
      expect(readFileSync(`${gateway.path}.bak`, 'utf8')).toContain('why');
      expect(readdirSync(join(gateway.path, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect((await auditOf(database)).at(-1)).toMatchObject({ action: 'config.change' });
    });

    it('refuses a secret and says where it belongs', async () => {
      const gateway = await start(database, 'standalone');
      const before = readFileSync(gateway.path, 'utf8');
      const change = gateway.editor.change(ADMIN, patch({ providers: { openai: { api_key: 'sk-3' } } }));
      await expect(change).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION',
        message: expect.stringMatching(/GOCLAW_OPENAI_API_KEY in \.env\.local/),
      });
      await expect(change).rejects.not.toMatchObject({ message: expect.stringContaining('sk-3') });
      expect(readFileSync(gateway.path, 'utf8')).toBe(before);
    });

    it('never writes a secret that somebody put into the file, nor loses it', async () => {
      const text = '{ providers: { openai: { api_key: "sk-4" } } }';
      const gateway = await start(database, 'standalone', text);
      await expect(
        gateway.editor.change(ADMIN, patch({ tools: { rate_limit_per_hour: 4 } })),
      ).rejects.toMatchObject({
        reason: 'secret-in-file',
      });
      expect(readFileSync(gateway.path, 'utf8')).toBe(text);
    });

    it('keeps what the file has of later versions when the whole is applied', async () => {
      const gateway = await start(database, 'standalone', {
        channels: { x: {} },
        tools: { rate_limit_per_hour: 1 },
      });
      await gateway.editor.change(ADMIN, apply({ gateway: { port: 7 } }));
      expect(JSON.parse(readFileSync(gateway.path, 'utf8'))).toEqual({
        channels: { x: {} },
        gateway: { port: 7 },
      });
    });

    it('takes over what is written into the file, also by a renamed one, and nothing that is wrong', async () => {
      const gateway = await start(database, 'standalone');
      await gateway.app.get(ConfigWatcher).start();
      const limit = (): number => gateway.config.get(ToolsConfig).rate_limit_per_hour;
      const until = (condition: () => boolean): Promise<void> =>
        expect.poll(() => condition(), { timeout: 20_000, interval: 20 }).toBe(true);
      writeFileSync(gateway.path, '{ tools: { rate_limit_per_hour: 11 } }');
      await until(() => limit() === 11);
      writeFileSync(gateway.path, '{ tools: { rate_limit_per_hour: "x" } }');
      await until(() => gateway.live.problems.length > 0);
      expect(gateway.live.problems).toMatchObject([{ path: 'tools.rate_limit_per_hour' }]);
      expect(limit()).toBe(11);
      expect(gateway.config.get(GatewayConfig).rate_limit_rpm).toBe(20);
      writeFileSync(`${gateway.path}.new`, '{ tools: { rate_limit_per_hour: 12 } }');
      renameSync(`${gateway.path}.new`, gateway.path);
      await until(() => limit() === 12);
      expect(gateway.live.problems).toEqual([]);
      rmSync(gateway.path);
      await until(() => limit() === 0);
      writeFileSync(gateway.path, '{ tools: { rate_limit_per_hour: 13 } }');
      await until(() => limit() === 13);
      expect(existsSync(gateway.path)).toBe(true);
    });
  });

  it('that cannot be read for a moment is read as soon as it can', async () => {
    const { live, config, app } = await start(database, 'managed');
    const overrides = app.get(ConfigOverrideStore);
    const failing = vi
      .spyOn(overrides, 'read')
      .mockRejectedValueOnce(new StoreError('unavailable', 'The database is away.'));
    await database.query(`UPDATE config_overrides SET patch = '{"tools":{"rate_limit_per_hour":31}}'`);
    await live.reload();
    expect(failing).toHaveBeenCalledOnce();
    await expect.poll(() => config.get(ToolsConfig).rate_limit_per_hour).toBe(31);
  });

  it('that one replica changes is the one of the others, too', async () => {
    if (engine.engine === 'embedded') return expect(database.replicas).toBeUndefined();
    const other = await engine.open();
    try {
      const [first, second] = [await start(database, 'managed'), await start(other, 'managed')];
      const { hash } = await first.editor.change(
        ADMIN,
        patch({
          tools: { rate_limit_per_hour: 8 },
          providers: { acme: { api_key: 'sk-5', api_base: 'http://a.test' } },
        }),
      );
      await expect.poll(() => second.config.hash()).toBe(hash);
      expect(second.config.get(ToolsConfig).rate_limit_per_hour).toBe(8);
      expect(second.config.get(ProvidersConfig).entries['acme']?.api_key).toBe('sk-5');
      expect(second.heard.events.flatMap(({ paths }) => paths)).toContain('tools.rate_limit_per_hour');
      await opened.pop()?.();
    } finally {
      await other.close();
    }
  });
});
