import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoClawClient, type RpcError } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

const KEY = 'agent:default:ws:direct:local';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let client: GoClawClient;

beforeAll(async () => {
  llm = await ScriptedLlm.start({ models: ['scripted', 'other'] });
  gateway = await startGateway({
    llm,
    config: {
      agents: {
        list: {
          helper: {
            displayName: 'Helper',
            identity: { emoji: '🦀', avatar: 'crab.png', description: 'Helps.' },
          },
        },
      },
    },
  });
  client = new GoClawClient({ url: gateway.url, token: gateway.token });
  llm.reply('Hello.');
  await client.call('chat.send', { message: 'Hi.' });
});

afterAll(async () => {
  client.close();
  await gateway[Symbol.asyncDispose]();
  await llm.close();
});

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error ? (error as RpcError).code : 'none';
}

describe('health and status', () => {
  it('tell a connected client what the gateway is', async () => {
    expect(await client.call('health')).toEqual({
      status: 'ok',
      uptime: expect.any(Number),
      version: expect.stringMatching(/^\d/),
      mode: 'standalone',
      database: 'ok',
      configuration: 'ok',
      tools: expect.any(Number),
      sessions: 1,
      clients: 1,
      replicas: 1,
    });
    expect(await client.call('status')).toMatchObject({ clients: 1, sessions: 1, runs: 0 });
  });
});

describe('agents', () => {
  it('are listed with model, provider, and which is the default', async () => {
    const { agents } = await client.call('agents.list');
    expect(agents).toContainEqual({
      id: 'default',
      name: 'default',
      model: 'scripted',
      provider: 'openai',
      isDefault: true,
      isRunning: false,
    });
    expect(agents).toContainEqual(
      expect.objectContaining({ id: 'helper', name: 'Helper', isDefault: false }),
    );
  });

  it('are shown one by one, with their identity', async () => {
    expect(await client.call('agent', {})).toEqual({
      id: 'default',
      name: expect.any(String),
      isRunning: false,
    });
    expect(await client.call('agent', { agentId: 'helper' })).toMatchObject({ id: 'helper', name: 'Helper' });
    expect(await client.call('agent.identity.get', { sessionKey: 'agent:helper:x' })).toEqual({
      agentId: 'helper',
      name: 'Helper',
      emoji: '🦀',
      avatar: 'crab.png',
      description: 'Helps.',
    });
    expect(await codeOf(client.call('agent', { agentId: 'nobody' }))).toBe('NOT_FOUND');
  });

  it('that have nothing to do are not waited for', async () => {
    expect(await client.call('agent.wait', {})).toEqual({ id: 'default', status: 'idle' });
  });

  it('are not asked in a session of another agent', async () => {
    const call = client.call('chat.send', { message: 'hi', agentId: 'helper', sessionKey: KEY });
    expect(await codeOf(call)).toBe('INVALID_REQUEST');
  });
});

describe('history', () => {
  it('is paged by the sequence number, oldest first', async () => {
    const { messages } = await client.call('chat.history', {});
    expect(messages).toMatchObject([
      { role: 'user', content: 'Hi.', seq: 1, id: expect.any(String), runId: expect.any(String) },
      { role: 'assistant', content: 'Hello.', seq: 2, createdAt: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(await client.call('chat.history', { limit: 1 })).toEqual({ messages: [messages[1]] });
    expect(await client.call('chat.history', { before: 2, sessionKey: KEY })).toEqual({
      messages: [messages[0]],
    });
  });

  it('of an unknown session is empty, never null', async () => {
    expect(await client.call('chat.history', { sessionKey: 'agent:default:none' })).toEqual({ messages: [] });
    expect(await client.call('sessions.preview', { key: 'agent:default:none' })).toEqual({
      key: 'agent:default:none',
      messages: [],
      summary: '',
    });
  });

  it('has bounds that are named', async () => {
    for (const limit of [0, 1_001, 1.5])
      expect(await codeOf(client.call('chat.history', { limit }))).toBe('INVALID_REQUEST');
  });
});

describe('a session', () => {
  it('is listed with everything that is shown of it, page by page', async () => {
    llm.reply('A.').reply('B.');
    await client.call('chat.send', { message: 'a', sessionKey: 'page-a' });
    await client.call('chat.send', { message: 'b', sessionKey: 'page-b' });
    const { sessions } = await client.call('sessions.list', {});
    expect(sessions.map(({ key }) => key)).toEqual(['agent:default:page-b', 'agent:default:page-a', KEY]);
    expect(sessions[0]).toEqual({
      key: 'agent:default:page-b',
      messageCount: 2,
      created: expect.stringMatching(/Z$/),
      updated: expect.stringMatching(/Z$/),
      label: '',
      model: 'scripted',
      provider: 'openai',
      channel: 'ws',
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
    });
    const first = await client.call('sessions.list', { limit: 2 });
    expect(first.sessions).toHaveLength(2);
    const second = await client.call('sessions.list', {
      limit: 2,
      ...(first.next !== undefined && { before: first.next }),
    });
    expect(second.sessions.map(({ key }) => key)).toEqual([KEY]);
    expect(second.next).toBeUndefined();
    expect(await client.call('sessions.list', { agentId: 'helper' })).toEqual({ sessions: [] });
    expect(await codeOf(client.call('sessions.list', { before: 'nonsense' }))).toBe('INVALID_REQUEST');
  });

  it('takes a label and a model, and a message from outside', async () => {
    const sessionKey = 'agent:default:mine';
    llm.reply('Yes.');
    await client.call('chat.send', { message: 'hi', sessionKey });
    expect(await client.call('sessions.label', { key: sessionKey, label: 'Mine' })).toEqual({
      ok: true,
      key: sessionKey,
    });
    await client.call('sessions.patch', { key: sessionKey, model: 'other' });
    const { sessions } = await client.call('sessions.list', { limit: 1 });
    expect(sessions).toMatchObject([{ key: sessionKey, label: 'Mine', model: 'other' }]);
    const injected = await client.call('chat.inject', {
      sessionKey,
      message: 'Remember this.',
      label: 'Note',
    });
    expect(injected).toEqual({ ok: true, messageId: expect.any(String) });
    const { messages } = await client.call('sessions.preview', { key: sessionKey });
    expect(messages.at(-1)).toMatchObject({
      id: injected.messageId,
      role: 'assistant',
      content: '[Note]\n\nRemember this.',
    });
    llm.reply('From the other model.');
    await client.call('chat.send', { message: 'again', sessionKey });
    expect(llm.lastRequest.model).toBe('other');
    expect(await codeOf(client.call('sessions.patch', { key: 'agent:default:none', label: 'x' }))).toBe(
      'NOT_FOUND',
    );
  });

  it('begins anew after a reset, and is gone after a deletion', async () => {
    const sessionKey = 'agent:default:short';
    llm.reply('Yes.');
    await client.call('chat.send', { message: 'hi', sessionKey });
    expect(await client.call('sessions.reset', { key: sessionKey })).toEqual({ ok: true });
    llm.reply('New.');
    await client.call('chat.send', { message: 'anew', sessionKey });
    expect(llm.lastRequest.rawBody).not.toContain('"hi"');
    expect(await client.call('sessions.delete', { key: sessionKey })).toEqual({ ok: true });
    expect(await client.call('sessions.delete', { key: sessionKey })).toEqual({ ok: true });
    expect(await client.call('chat.history', { sessionKey })).toEqual({ messages: [] });
  });
});

describe('what the gateway offers and costs', () => {
  it('models of every provider, the default one marked', async () => {
    const { models } = await client.call('models.list');
    expect(models).toContainEqual({ id: 'scripted', provider: 'openai', isDefault: true });
    expect(models).toContainEqual({ id: 'other', provider: 'openai', isDefault: false });
  });

  it('the configuration without its secrets', async () => {
    const { config, hash, path } = await client.call('config.get');
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(path).toBe(gateway.configPath);
    expect(config).toMatchObject({ gateway: { token: '***' } });
    expect(JSON.stringify(config)).not.toContain(gateway.token);
  });

  it('usage by session and by agent', async () => {
    const { records } = await client.call('usage.get', {});
    expect(records.find(({ sessionKey }) => sessionKey === KEY)).toEqual({
      agentId: 'default',
      sessionKey: KEY,
      model: 'scripted',
      provider: 'openai',
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
      totalTokens: expect.any(Number),
      timestamp: expect.any(Number),
    });
    expect((await client.call('usage.get', { limit: 1 })).records).toHaveLength(1);
    const { byAgent, totalRecords } = await client.call('usage.summary', {});
    expect(byAgent['default']).toMatchObject({ sessions: totalRecords });
  });

  it('the events of all users, for an admin', async () => {
    expect(await client.call('events.subscribe', { all: true })).toEqual({ ok: true, all: true });
    expect(await client.call('events.unsubscribe')).toEqual({ ok: true, all: false });
  });
});

describe('text that a database cannot hold', () => {
  it('is refused by name in keys, and harmless in messages', async () => {
    for (const text of ['a\u0000b', '\ud800']) {
      expect(await codeOf(client.call('sessions.preview', { key: text }))).toBe('INVALID_REQUEST');
      expect(await codeOf(client.call('agent', { agentId: text }))).toBe('INVALID_REQUEST');
      llm.reply('Fine.');
      expect(await client.call('chat.send', { message: `x${text}`, sessionKey: 'odd' })).toMatchObject({
        content: 'Fine.',
      });
    }
  });
});
