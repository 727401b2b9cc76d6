import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithPostgres, type PrivateCluster, startOwnPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

describeWithPostgres('a managed gateway on PostgreSQL', () => {
  let cluster: PrivateCluster;
  let llm: ScriptedLlm;
  let gateway: RunningGateway;

  beforeAll(async () => {
    cluster = await startOwnPostgres();
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ llm, dsn: cluster.dsn });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
    await cluster.stop();
  });

  async function get(path: string, userId = 'admin'): Promise<Answer> {
    return answerOf(await fetch(`${gateway.url}${path}`, { headers: gateway.headers(userId) }));
  }

  async function ask(userId: string, content: string, sessionKey = 'talk'): Promise<Answer> {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        ...gateway.headers(userId),
        'content-type': 'application/json',
        'x-goclaw-session-key': sessionKey,
      },
      body: JSON.stringify({ messages: [{ role: 'user', content }] }),
    });
    return answerOf(response);
  }

  async function tracesFor(query: string): Promise<Record<string, unknown>[]> {
    const { status, body } = await get(`/v1/traces?${query}`);
    expect(status).toBe(200);
    return body['traces'] as Record<string, unknown>[];
  }

  it('says so, and has one agent to begin with', async () => {
    expect(gateway.output).toContain('managed');
    using ann = await RawSocket.connect(gateway, 'ann');
    const { agents } = await ann.result('agents.list');
    expect(agents).toMatchObject([{ id: 'default', isDefault: true, model: 'scripted', provider: 'openai' }]);
  });

  it('wants to know the user on both sockets', async () => {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: gateway.headers() });
    const { status, body } = await answerOf(response);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('X-GoClaw-User-Id');
    await expect(RawSocket.connect(gateway)).rejects.toThrow(/user_id/);
  });

  it('keeps the conversations of two users apart, under one key and on both sockets', async () => {
    llm.reply('Hello Ann.').reply('Hello Bob.').reply('You are Ann.');
    await ask('ann', 'I am Ann.');
    await ask('bob', 'I am Bob.');
    await ask('ann', 'Who am I?');
    expect(llm.lastRequest.rawBody).toContain('I am Ann.');
    expect(llm.lastRequest.rawBody).not.toContain('Bob');
    using ann = await RawSocket.connect(gateway, 'ann');
    using bob = await RawSocket.connect(gateway, 'bob');
    const history = async (socket: RawSocket): Promise<string> => {
      const { sessions } = await socket.result('sessions.list');
      const [session] = sessions as { key: string }[];
      expect(sessions).toHaveLength(1);
      return JSON.stringify(await socket.result('chat.history', { sessionKey: session?.key }));
    };
    expect(await history(ann)).toMatch(/I am Ann[^]*Hello Ann[^]*You are Ann/);
    expect(await history(bob)).toMatch(/I am Bob[^]*Hello Bob/);
    expect(await history(bob)).not.toContain('Ann');
  });

  it('finds traces by each of their properties', async () => {
    llm.fail(400).reply('Later.');
    await ask('eve', 'fails', 'first');
    await ask('eve', 'works', 'second');
    const [newest, oldest] = await tracesFor('user_id=eve');
    expect([newest, oldest]).toMatchObject([
      { status: 'completed', output_preview: 'Later.' },
      { status: 'error', error: expect.any(String) },
    ]);
    expect(await tracesFor('user_id=eve&status=error')).toEqual([oldest]);
    expect(await tracesFor('user_id=eve&status=completed')).toEqual([newest]);
    expect(await tracesFor(`session_key=${String(newest?.['session_key'])}`)).toEqual([newest]);
    expect(await tracesFor(`run_id=${String(oldest?.['run_id'])}`)).toEqual([oldest]);
    expect(await tracesFor(`user_id=eve&agent_id=${String(oldest?.['agent_id'])}`)).toEqual([newest, oldest]);
    expect(await tracesFor(`agent_id=${String(oldest?.['run_id'])}`)).toEqual([]);
    const since = encodeURIComponent(String(newest?.['start_time']));
    expect(await tracesFor(`user_id=eve&from=${since}`)).toEqual([newest]);
    expect(await tracesFor(`user_id=eve&to=${since}`)).toEqual([oldest]);
    expect(await tracesFor('user_id=eve&limit=1')).toEqual([newest]);
    expect(await tracesFor('user_id=eve&limit=1&offset=1')).toEqual([oldest]);
  });

  it('shares its database with a second gateway, which is ready too', async () => {
    await using second = await startGateway({ llm, dsn: cluster.dsn });
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect(second.logs).toContain('IS NOT SHARED');
  });

  it('does not share it with a gateway that has another token, and says what to do', async () => {
    const env = { GOCLAW_GATEWAY_TOKEN: 'another-token-0123456789' };
    await expect(startGateway({ llm, dsn: cluster.dsn, env })).rejects.toThrow(
      /GOCLAW_GATEWAY_TOKEN to the same value everywhere/,
    );
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('lets migrations be applied and listed beside it, and none be taken back', async () => {
    const env = { GOCLAW_POSTGRES_DSN: cluster.dsn, GOCLAW_CONFIG: gateway.configPath };
    const up = await runCli(['migrate', 'up'], { env });
    expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do') });
    const status = await runCli(['migrate', 'status'], { env });
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('Up to date') });
    const down = await runCli(['migrate', 'down', '--yes'], { env });
    expect(down).toMatchObject({ code: 1, stderr: expect.stringContaining('Stop every gateway first') });
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('is not ready while its database is away, says so to everybody, and goes on afterwards', async () => {
    using ann = await RawSocket.connect(gateway, 'ann');
    await cluster.halt();
    await expect.poll(async () => (await get('/health/ready')).status).toBe(503);
    expect((await get('/health/ready')).body).toEqual({
      status: 'unavailable',
      database: 'unavailable',
      replication: 'unavailable',
      gateway: 'ok',
    });
    expect((await get('/health/live')).status).toBe(200);
    const refused = await ask('ann', 'Are you there?');
    expect(refused).toMatchObject({ status: 503, body: { error: { message: expect.any(String) } } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await ann.refusal('chat.send', { message: 'And here?' })).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    await cluster.resume();
    await expect.poll(async () => (await get('/health/ready')).status, { timeout: 20_000 }).toBe(200);
    llm.reply('I am back.');
    expect((await ask('ann', 'And now?')).status).toBe(200);
    expect(llm.lastRequest.rawBody).toContain('I am Ann.');
    expect(llm.lastRequest.rawBody).not.toContain('Are you there?');
    llm.expectAllUsed();
  });
});

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}
