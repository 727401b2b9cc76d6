import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

const LISTED = 'https://app.example';
const MEBIBYTE = 1024 * 1024;

let llm: ScriptedLlm;
let gateway: RunningGateway;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  llm.respond(() => 'Yes.');
  gateway = await startGateway({ llm, config: { gateway: { allowed_origins: [LISTED] } } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly error: Record<string, unknown> | undefined;
}

async function request(path: string, init: RequestInit & { authorised?: boolean } = {}): Promise<Answer> {
  const { authorised = true, headers, ...rest } = init;
  const response = await fetch(`${gateway.url}${path}`, {
    ...rest,
    headers: { ...(authorised && gateway.headers()), ...(headers as Record<string, string>) },
  });
  const body = await response.text();
  const parsed: unknown = body === '' ? {} : JSON.parse(body);
  const { error } = parsed as { error?: Record<string, unknown> };
  return { status: response.status, headers: response.headers, error };
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json', ...headers },
});
const CHAT = '/v1/chat/completions';
const question = (content: unknown): string => JSON.stringify({ messages: [{ role: 'user', content }] });

describe('what cannot be answered is told as JSON', () => {
  it('for an unknown path', async () => {
    const { status, error } = await request('/v1/nothing');
    expect(status).toBe(404);
    expect(error).toMatchObject({ code: 'NOT_FOUND', type: 'not_found_error' });
  });

  it('for a wrong method, with the right ones', async () => {
    const { status, error, headers } = await request(CHAT);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST');
    expect(error).toMatchObject({ code: 'method_not_allowed' });
    expect((await request('/health', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it('for a body that is no JSON, no object, empty, or of another type', async () => {
    expect(await request(CHAT, post('{"messages":['))).toMatchObject({ status: 400 });
    expect(await request(CHAT, post('[]'))).toMatchObject({ status: 400 });
    expect(await request(CHAT, post(''))).toMatchObject({ status: 400 });
    expect(await request(CHAT, post('a=b', { 'content-type': 'text/plain' }))).toMatchObject({
      status: 415,
      error: { code: 'unsupported_media_type' },
    });
    const form = post('a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await request(CHAT, form)).toMatchObject({ status: 415 });
  });

  it('but not for a type that is named where there is no body', async () => {
    const headers = { 'content-type': 'application/json' };
    const cancelled = await request('/v1/responses/resp_none/cancel', { method: 'POST', headers });
    expect(cancelled).toMatchObject({ status: 404, error: { type: 'not_found_error' } });
    expect(await request('/v1/models', { headers })).toMatchObject({ status: 200 });
    expect(await request('/health', { method: 'DELETE', headers })).toMatchObject({ status: 405 });
  });

  it('for a body that is too large, while one with a large image is taken', async () => {
    const url = `data:image/png;base64,${'A'.repeat(3 * MEBIBYTE)}`;
    const image = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url } },
    ];
    expect(await request(CHAT, post(question(image)))).toMatchObject({ status: 200 });
    expect(await request(CHAT, post(question('x'.repeat(21 * MEBIBYTE))))).toMatchObject({
      status: 413,
      error: { code: 'body_too_large' },
    });
  });

  it('for a missing token, before the body is read', async () => {
    const { status, headers, error } = await request(CHAT, { ...post('{"messages":['), authorised: false });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(error).toMatchObject({ type: 'authentication_error' });
  });

  it('for a user id that is too long', async () => {
    const headers = { 'x-goclaw-user-id': 'u'.repeat(256) };
    expect(await request('/v1/models', { headers })).toMatchObject({ status: 400 });
  });

  it('for a malformed address, and for what is no HTTP at all', async () => {
    expect(await request('/%zz')).toMatchObject({ status: 400, error: { code: 'INVALID_REQUEST' } });
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write('NONSENSE\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { code: 'INVALID_REQUEST' },
    });
  });

  it('for what exists in the other mode only', async () => {
    const { status, error } = await request('/v1/traces');
    expect(status).toBe(404);
    expect(error?.['message']).toMatch(/managed mode only/);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string): Promise<Answer> =>
    request(CHAT, {
      method: 'OPTIONS',
      authorised: false,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    });

  it('are told that they may, when they are listed', async () => {
    const { status, headers } = await preflight(LISTED);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type');
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    const asked = await request(CHAT, post(question('Hi'), { origin: LISTED }));
    expect(asked).toMatchObject({ status: 200 });
    expect(asked.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(asked.headers.get('vary')).toBe('Origin');
  });

  it('are refused otherwise: nothing is done, nothing can be read', async () => {
    const before = llm.requests.length;
    const foreign = 'https://evil.example';
    expect(await preflight(foreign)).toMatchObject({ status: 403 });
    const asked = await request(CHAT, post(question('Hi'), { origin: foreign }));
    expect(asked).toMatchObject({ status: 403, error: { type: 'permission_error' } });
    const read = await request('/v1/models', { headers: { origin: foreign } });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
    expect(llm.requests.length).toBe(before);
  });

  it('do not include the gateway itself', async () => {
    expect(await request(CHAT, post(question('Hi'), { origin: gateway.url }))).toMatchObject({ status: 200 });
  });
});
