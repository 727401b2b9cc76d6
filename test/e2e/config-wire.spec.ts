import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

const KEY = 'ab'.repeat(32);
const SECRET = 'sk-canary-of-the-configuration';

type Body = Record<string, unknown>;

async function rest(
  gateway: RunningGateway,
  method: string,
  body?: object,
  headers: Record<string, string> = {},
  path = '',
): Promise<{ status: number; body: Body; etag: string | null }> {
  const response = await fetch(`${gateway.url}/v1/config${path}`, {
    method,
    headers: { ...gateway.headers('ann'), ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Body,
    etag: response.headers.get('etag'),
  };
}

describe('standalone: the configuration over the wire', () => {
  let gateway: RunningGateway;
  let socket: RawSocket;

  beforeAll(async () => {
    gateway = await startGateway({ env: { GOCLAW_OWNER_IDS: 'ann' } });
    socket = await RawSocket.connect(gateway);
  });
  afterAll(async () => {
    socket[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
  });

  it('is written into the file and in effect, or told to wait for a restart', async () => {
    const { hash } = await socket.result('config.get');
    const raw = "{ tools: { deny: ['group:runtime'] }, gateway: { port: 4711 } /* why */ }";
    const result = await socket.result('config.patch', { raw, baseHash: hash });
    expect(result).toMatchObject({
      ok: true,
      path: gateway.configPath,
      restart: true,
      applied: ['tools.deny'],
      restartRequired: ['gateway.port'],
      config: { gateway: { token: '***', port: 4711 } },
    });
    expect(JSON.parse(readFileSync(gateway.configPath, 'utf8'))).toMatchObject({
      tools: { deny: ['group:runtime'] },
    });
    expect(statSync(gateway.configPath).mode & 0o777).toBe(0o600);
    expect(await socket.result('config.get')).toMatchObject({
      hash: result['hash'],
      restartRequired: ['gateway.port'],
    });
    expect(await socket.refusal('config.patch', { raw, baseHash: hash })).toMatchObject({
      code: 'FAILED_PRECONDITION',
      details: { hash: result['hash'] },
    });
  });

  it('takes a plain object, as the dashboard sends it, and the whole as it was read', async () => {
    expect(await socket.result('config.patch', { tools: { rate_limit_per_hour: 3 } })).toMatchObject({
      applied: ['tools.rate_limit_per_hour'],
    });
    const { config, hash } = await socket.result('config.get');
    const applied = await socket.result('config.apply', { raw: JSON.stringify(config), baseHash: hash });
    expect(applied).toMatchObject({ hash, applied: [], restart: false });
  });

  it('makes agents of the list and changes of the defaults effective with the next run', async () => {
    expect(await socket.refusal('agent', { agentId: 'helper' })).toMatchObject({ code: 'NOT_FOUND' });
    await socket.result('config.patch', {
      agents: { defaults: { provider: 'groq' }, list: { helper: { displayName: 'Helper' } } },
      scheduler: { lanes: { main: 7 } },
    });
    await expect
      .poll(async () => (await socket.result('agent', { agentId: 'helper' }))['name'])
      .toBe('Helper');
    const refusal = await socket.refusal('chat.send', { message: 'hello', agentId: 'helper' });
    expect(refusal.message).toContain('GOCLAW_GROQ_API_KEY');
  });

  it('refuses secrets, with the variable that takes them', async () => {
    const refusal = await socket.refusal('config.patch', { providers: { openai: { api_key: SECRET } } });
    expect(refusal).toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('GOCLAW_OPENAI_API_KEY'),
    });
    expect(JSON.stringify(refusal)).not.toContain(SECRET);
    expect(readFileSync(gateway.configPath, 'utf8')).not.toContain(SECRET);
  });

  it('names every issue of what cannot be used, and what is missing', async () => {
    expect(
      await socket.refusal('config.patch', { raw: '{ gateway: { prot: 1, port: "x" } }' }),
    ).toMatchObject({
      code: 'INVALID_REQUEST',
      details: {
        issues: [
          { path: 'gateway.prot', message: expect.stringContaining('port') },
          { path: 'gateway.port' },
        ],
      },
    });
    expect(await socket.refusal('config.patch', { raw: '{ gateway: ' })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(await socket.refusal('config.apply', {})).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { param: 'raw' },
    });
  });

  it('refuses what cannot be used also where a variable hides it', async () => {
    expect(await socket.refusal('config.patch', { gateway: { owner_ids: 5 } })).toMatchObject({
      code: 'INVALID_REQUEST',
      details: { issues: [{ path: 'gateway.owner_ids' }] },
    });
    const { shadowed } = await socket.result('config.patch', { gateway: { owner_ids: ['bob'] } });
    expect(shadowed).toEqual(['gateway.owner_ids']);
  });

  it('follows the file, unless it cannot be used: then health, the log and config.get say so', async () => {
    const text = readFileSync(gateway.configPath, 'utf8');
    const write = (part: object): void =>
      writeFileSync(gateway.configPath, JSON.stringify({ ...(JSON.parse(text) as object), ...part }));
    const config = async (): Promise<Body> => (await socket.result('config.get'))['config'] as Body;
    write({ tools: { rate_limit_per_hour: 99 } });
    await expect.poll(() => config()).toMatchObject({ tools: { rate_limit_per_hour: 99 } });
    write({ tools: { rate_limit_per_hour: -1 } });
    await expect.poll(() => socket.result('health')).toMatchObject({ configuration: 'invalid' });
    expect(await config()).toMatchObject({ tools: { rate_limit_per_hour: 99 } });
    expect(await socket.result('config.get')).toMatchObject({
      problems: [{ path: 'tools.rate_limit_per_hour' }],
    });
    expect(gateway.logs).toContain('tools.rate_limit_per_hour: must not be less than 0; got -1');
    writeFileSync(gateway.configPath, text);
    await expect.poll(() => socket.result('health')).toMatchObject({ configuration: 'ok' });
  });

  it('has no REST', async () => {
    expect((await rest(gateway, 'GET')).status).toBe(404);
  });
});

describeWithPostgres('managed: the configuration of two replicas', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'goclaw-shared-'));
  let database: TestDatabase;
  let llm: ScriptedLlm;
  let first: RunningGateway;
  let second: RunningGateway;

  const start = (env: Record<string, string> = {}): Promise<RunningGateway> =>
    startGateway({
      dsn: database.dsn,
      env: { GOCLAW_ENCRYPTION_KEY: KEY, ...env },
      // Replicas behind one address have the same file.
      config: { agents: { defaults: { workspace } } },
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    llm = await ScriptedLlm.start();
    first = await start();
    second = await start();
  });
  afterAll(async () => {
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
    await database.drop();
    rmSync(workspace, { recursive: true, force: true });
  });

  it('is changed by REST on one and in effect on the other, with its secret sealed and the next run using it', async () => {
    const before = await rest(first, 'GET');
    expect(before.etag).toBe(`"${String(before.body['hash'])}"`);
    const change = {
      providers: { acme: { api_key: SECRET, api_base: llm.openaiUrl, models: ['scripted'] } },
      agents: { defaults: { provider: 'acme', model: 'scripted' } },
    };
    const changed = await rest(first, 'PATCH', change, { 'if-match': before.etag ?? '' });
    expect(changed).toMatchObject({
      status: 200,
      body: { ok: true, restart: false, config: { providers: { acme: { api_key: '***' } } } },
    });
    const hash = changed.body['hash'];
    await expect.poll(async () => (await rest(second, 'GET')).body['hash']).toBe(hash);
    llm.reply({ text: 'From the new provider.' });
    using socket = await RawSocket.connect(second, 'bob');
    expect(await socket.result('chat.send', { message: 'hello' })).toMatchObject({
      content: 'From the new provider.',
    });
    expect(llm.lastRequest.apiKey).toBe(SECRET);
  });

  it('refuses the second of two admins, by ETag and by hash, through any replica', async () => {
    const { etag, body } = await rest(second, 'GET');
    const stale = etag ?? '';
    expect(
      (await rest(first, 'PATCH', { tools: { rate_limit_per_hour: 6 } }, { 'if-match': stale })).status,
    ).toBe(200);
    for (const again of [
      await rest(second, 'PATCH', { tools: { rate_limit_per_hour: 7 } }, { 'if-match': stale }),
      await rest(second, 'PUT', { raw: '{}', baseHash: body['hash'] }),
    ]) {
      expect(again).toMatchObject({
        status: 412,
        body: { error: { code: 'FAILED_PRECONDITION', details: { hash: expect.any(String) } } },
      });
    }
  });

  it('is as it was after a restart', async () => {
    const hash = (await rest(first, 'GET')).body['hash'];
    await second.stop();
    second = await start();
    expect((await rest(second, 'GET')).body['hash']).toBe(hash);
  });

  it('has a schema', async () => {
    const { status, body } = await rest(first, 'GET', undefined, {}, '/schema');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { gateway: {}, providers: {} },
    });
  });

  it('shows its secret in no answer, log, file or event', async () => {
    const answers = await Promise.all(
      [first, second].map(async (one) => JSON.stringify((await rest(one, 'GET')).body)),
    );
    using socket = await RawSocket.connect(first, 'ann');
    await socket.result('config.get');
    await socket.result('config.schema');
    const files = [first, second].flatMap(({ dataDir }) =>
      readdirSync(dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
    );
    const everything = [
      ...answers,
      ...files,
      JSON.stringify(socket.frames),
      first.logs,
      second.logs,
      first.output,
    ];
    expect(everything.filter((text) => text.includes(SECRET))).toEqual([]);
    expect(everything.filter((text) => text.includes(KEY))).toEqual([]);
  });
});
