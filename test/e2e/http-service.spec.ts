import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessTable } from '../support/access/access-table.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  llm.respond(() => 'Yes.');
  gateway = await startGateway({ llm, mode: 'managed' });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

async function get(path: string, userId?: string): Promise<{ status: number; body: unknown }> {
  const headers = userId === undefined ? {} : gateway.headers(userId);
  const response = await fetch(`${gateway.url}${path}`, { headers });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

const ask = (userId: string, init: { body: object; headers?: Record<string, string> }): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...gateway.headers(userId), 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...init.body }),
  });

describe('health', () => {
  it('is open to everybody', async () => {
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'ok', protocol: 3 } });
    expect(await get('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await get('/health/ready')).toEqual({
      status: 200,
      body: { status: 'ok', database: 'ok', replication: 'ok', gateway: 'ok' },
    });
    expect((await fetch(`${gateway.url}/health`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('models', () => {
  it('are the agents that the caller may use', async () => {
    const { body } = await get('/v1/models', 'ada');
    expect(body).toMatchObject({ object: 'list', data: [{ id: 'goclaw:default', object: 'model' }] });
    expect(await get('/v1/models/goclaw%3Adefault', 'ada')).toMatchObject({ status: 200 });
  });
});

describe('in managed mode', () => {
  it('a request without a user id is refused', async () => {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: gateway.headers() });
    expect(response.status).toBe(400);
  });

  it('a response of another user is not found', async () => {
    const asked = await ask('ada', { body: {} });
    const id = ((await asked.json()) as { id: string }).id.replace('chatcmpl-', 'resp_');
    expect(await get(`/v1/responses/${id}`, 'ada')).toMatchObject({ status: 200 });
    expect(await get(`/v1/responses/${id}`, 'bob')).toMatchObject({ status: 404 });
  });

  it('a session key is each user’s own', async () => {
    const headers = { 'x-goclaw-session-key': 'shared-name' };
    await ask('ada', { body: { messages: [{ role: 'user', content: 'ada was here' }] }, headers });
    await ask('bob', { body: { messages: [{ role: 'user', content: 'bob was here' }] }, headers });
    expect(JSON.stringify(llm.lastRequest.body)).not.toContain('ada was here');
  });

  it('the `user` of a request is metadata, never who asks', async () => {
    const asked = await ask('ada', { body: { user: 'bob' } });
    const runId = asked.headers.get('x-goclaw-run-id');
    await asked.json();
    await expect
      .poll(async () => (await get(`/v1/traces?run_id=${runId}`, 'admin')).body)
      .toMatchObject({ traces: [{ user_id: 'ada' }] });
  });

  it('a user id in UTF-8 is the same person everywhere', async () => {
    const asked = await ask(Buffer.from('jürgen').toString('latin1'), { body: {} });
    const runId = asked.headers.get('x-goclaw-run-id');
    await asked.json();
    await expect
      .poll(async () => (await get(`/v1/traces?run_id=${runId}`, 'admin')).body)
      .toMatchObject({ traces: [{ user_id: 'jürgen' }] });
  });
});

describe('traces', () => {
  it('tell of each run with its spans, numbers as numbers', async () => {
    const asked = await ask('eve', { body: {} });
    const runId = asked.headers.get('x-goclaw-run-id');
    await asked.json();
    const list = async (): Promise<{ traces: { id: string }[] }> =>
      (await get(`/v1/traces?run_id=${runId}`, 'admin')).body as { traces: { id: string }[] };
    await expect
      .poll(list)
      .toMatchObject({ traces: [{ user_id: 'eve', status: 'completed', channel: 'http' }] });
    const [trace] = (await list()).traces;
    const { body } = await get(`/v1/traces/${trace?.id}`, 'admin');
    expect(body).toMatchObject({
      trace: { run_id: runId, total_cost: 0, llm_call_count: 1, duration_ms: expect.any(Number) },
    });
    const { spans } = body as { spans: { span_type: string }[] };
    expect(spans.map(({ span_type }) => span_type).toSorted()).toEqual(['agent', 'llm_call']);
  });

  it('are filtered, and none is an empty list', async () => {
    expect(await get('/v1/traces?user_id=nobody', 'admin')).toEqual({ status: 200, body: { traces: [] } });
    const { body } = await get('/v1/traces?limit=1', 'admin');
    expect((body as { traces: object[] }).traces).toHaveLength(1);
  });

  it.each(['limit=0', 'limit=201', 'offset=-1', 'agent_id=x', 'status=odd', 'from=yesterday'])(
    'are refused for %s',
    async (query) => {
      expect(await get(`/v1/traces?${query}`, 'admin')).toMatchObject({
        status: 400,
        body: { error: { param: query.split('=')[0] } },
      });
    },
  );

  it('that do not exist are not found', async () => {
    expect(await get('/v1/traces/00000000-0000-7000-8000-000000000000', 'admin')).toMatchObject({
      status: 404,
    });
    expect(await get('/v1/traces/nonsense', 'admin')).toMatchObject({ status: 400 });
  });
});

describe('the documentation', () => {
  interface Document {
    readonly openapi: string;
    readonly paths: Record<
      string,
      Record<string, { security?: object[]; responses: Record<string, object> }>
    >;
    readonly components: { readonly schemas: Record<string, { properties?: Record<string, object> }> };
  }

  it('describes every route that exists, with its shapes and who may call it', async () => {
    const document = (await get('/docs/openapi.json')).body as Document;
    expect(document.openapi).toMatch(/^3\.1/);
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const existing = accessTable()
      .filter(({ kind, name }) => kind === 'route' && !name.includes(' /docs'))
      .map(({ name }) => name.replaceAll(/:(\w+)/g, '{$1}'));
    expect(described.toSorted()).toEqual(existing.toSorted());
    const chat = document.paths['/v1/chat/completions']?.['post'];
    expect(chat?.security).toEqual(expect.arrayContaining([{ bearer: [] }]));
    expect(Object.keys(chat?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '404', '429']),
    );
    expect(document.paths['/health']?.['get']?.security).toEqual([{}]);
  });

  it('has no shape without properties, and no reference to a missing one', async () => {
    const document = (await get('/docs/openapi.json')).body as Document;
    const { schemas } = document.components;
    const empty = Object.entries(schemas).filter(
      ([, { properties = {} }]) => Object.keys(properties).length === 0,
    );
    expect(empty).toEqual([]);
    const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)];
    expect(references.filter(([, name = '']) => !(name in schemas))).toEqual([]);
  });

  it('is a page whose scripts and styles are served, under a policy that lets them run', async () => {
    const page = await fetch(`${gateway.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...(await page.text()).matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThan(2);
    const answers = await Promise.all(files.map((path) => fetch(`${gateway.url}/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual(files.map(() => 200));
    expect((await fetch(`${gateway.url}/docs/package.json`)).status).toBe(404);
  });
});
