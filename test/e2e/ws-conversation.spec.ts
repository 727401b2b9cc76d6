import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentEvent } from '#protocol';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

/** What an event is and says, apart from its run and its place. */
function essence({ type, payload }: AgentEvent): unknown[] {
  return payload === undefined ? [type] : [type, payload];
}

describe.each(['openai', 'anthropic'] as const)(
  'a conversation over the socket, with a model of %s',
  (provider) => {
    let llm: ScriptedLlm;
    let gateway: RunningGateway;

    beforeAll(async () => {
      llm = await ScriptedLlm.start();
      gateway = await startGateway({
        llm,
        provider,
        config: { agents: { defaults: { thinking_budget_tokens: provider === 'anthropic' ? 2_000 : 0 } } },
      });
    });

    afterAll(async () => {
      await gateway[Symbol.asyncDispose]();
      await llm.close();
    });

    it('streams its events in the order of the protocol, tool calls first, then their results in call order', async () => {
      mkdirSync(gateway.workspace, { recursive: true });
      writeFileSync(join(gateway.workspace, 'a.txt'), 'alpha');
      using socket = await RawSocket.connect(gateway);
      llm.replyToolCalls(
        [
          { id: 'toolu_1', name: 'read_file', arguments: { path: 'a.txt' } },
          { id: 'toolu_2', name: 'read_file', arguments: { path: 'missing.txt' } },
        ],
        { text: ['Let me ', 'look. '] },
      );
      llm.reply({ text: ['It says ', 'alpha.'] });

      const id = socket.begin('chat.send', { message: 'What is in a.txt?', stream: true });
      const answer = await socket.answer(id);
      llm.expectAllUsed();

      const { events } = socket;
      const kinds = events.map((event) => (event.type === 'chunk' ? ['chunk'] : essence(event)));
      expect(kinds).toEqual([
        ['run.accepted', { requestId: id }],
        ['run.started'],
        ['chunk'],
        ['chunk'],
        ['tool.call', { id: 'toolu_1', name: 'read_file' }],
        ['tool.call', { id: 'toolu_2', name: 'read_file' }],
        ['tool.result', { id: 'toolu_1', name: 'read_file', is_error: false }],
        ['tool.result', { id: 'toolu_2', name: 'read_file', is_error: true }],
        ['chunk'],
        ['chunk'],
        ['message', { content: socket.text }],
        ['run.completed', expect.objectContaining({ status: 'completed' })],
      ]);
      expect(socket.text).toMatch(/^Let me look\.\s+It says alpha\.$/);
      const log = events.slice(1);
      expect(log.map(({ attempt, seq }) => [attempt, seq])).toEqual(log.map((_, index) => [1, index + 1]));
      const runId = events[0]?.runId;
      expect(new Set(events.map((event) => `${event.runId} ${event.agentId} ${event.sessionKey}`))).toEqual(
        new Set([`${runId} default agent:default:ws:direct:local`]),
      );
      expect(socket.frames.filter(({ type }) => type === 'event').map(({ seq }) => seq)).toEqual(
        events.map((_, index) => index + 1),
      );
      expect(answer.payload).toMatchObject({
        runId,
        sessionKey: 'agent:default:ws:direct:local',
        status: 'completed',
        content: socket.text,
        usage: {
          prompt_tokens: expect.any(Number),
          completion_tokens: expect.any(Number),
          total_tokens: expect.any(Number),
        },
      });
      expect(socket.frames.at(-1)).toBe(answer);
      expect(llm.requests[1]?.rawBody).toContain('alpha');
    });

    it('goes on where it was, after a reconnect', async () => {
      llm.reply('Hello Ann.').reply('You are Ann.');
      {
        using first = await RawSocket.connect(gateway);
        await first.request('sessions.reset', { key: 'agent:default:ws:direct:local' });
        await first.result('chat.send', { message: 'I am Ann.' });
      }
      using second = await RawSocket.connect(gateway);
      expect(await second.result('chat.send', { message: 'Who am I?' })).toMatchObject({
        content: 'You are Ann.',
      });
      expect(llm.lastRequest.rawBody).toContain('I am Ann.');
      expect(second.events.map(({ type }) => type)).toEqual([
        'run.accepted',
        'run.started',
        'message',
        'run.completed',
      ]);
      const { messages } = await second.result('chat.history');
      expect(messages).toMatchObject([
        { role: 'user', content: 'I am Ann.' },
        { role: 'assistant', content: 'Hello Ann.' },
        { role: 'user', content: 'Who am I?' },
        { role: 'assistant', content: 'You are Ann.' },
      ]);
    });

    it('shows thinking as chat events, and hands images to the model', async () => {
      using socket = await RawSocket.connect(gateway);
      const thinks = provider === 'anthropic';
      llm.reply({ ...(thinks && { thinking: ['A ', 'cat.'], signature: 'sig' }), text: 'A cat.' });
      const image = 'data:image/png;base64,iVBORw0KGgo=';
      await socket.result('chat.send', {
        message: 'What is it?',
        images: [image],
        stream: true,
        sessionKey: 'agent:default:images',
      });
      const chat = socket.frames
        .filter(({ event }) => event === 'chat')
        .map(({ payload }) => payload as AgentEvent);
      expect(chat.map(essence)).toEqual([
        ...(thinks
          ? [
              ['thinking', { content: 'A ' }],
              ['thinking', { content: 'cat.' }],
            ]
          : []),
        ['message', { content: 'A cat.' }],
      ]);
      expect(llm.lastRequest.rawBody).toContain('iVBORw0KGgo=');
    });
  },
);
