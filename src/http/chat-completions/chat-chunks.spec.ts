import { describe, expect, it } from 'vitest';
import { ChatChunks } from './chat-chunks.js';

const run = { runId: '019a0c7b-52e0-7d6f-8a1b-2c3d4e5f6071', sessionKey: 's', agentKey: 'coder' };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 };

function chunksOf(wire: string): unknown[] {
  expect(wire.endsWith('\n\n')).toBe(true);
  const events = wire.slice(0, -2).split('\n\n');
  return events.map((event): unknown => {
    expect(event.startsWith('data: ')).toBe(true);
    const data = event.slice('data: '.length);
    return data === '[DONE]' ? data : JSON.parse(data);
  });
}

describe('the chunks of a streamed completion', () => {
  it('begin with the role, once, and end with the reason', () => {
    const chunks = new ChatChunks(run, { model: undefined, includeUsage: false, nowMs: 5_900 });
    const all = chunksOf(chunks.text('He said "hi"\n') + chunks.text('😀') + chunks.end({ usage }));
    const base = {
      id: 'chatcmpl-019a0c7b52e07d6f8a1b2c3d4e5f6071',
      object: 'chat.completion.chunk',
      created: 5,
      model: 'goclaw:coder',
    };
    const choice = (delta: object, finish_reason: string | null = null): object => ({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    });
    expect(all).toEqual([
      choice({ role: 'assistant', content: '', refusal: null }),
      choice({ content: 'He said "hi"\n' }),
      choice({ content: '😀' }),
      choice({}, 'stop'),
      '[DONE]',
    ]);
  });

  it('are complete for an answer without text', () => {
    const chunks = new ChatChunks(run, { model: 'x', includeUsage: false, nowMs: 0 });
    expect(chunksOf(chunks.end({ usage }))).toHaveLength(3);
  });

  it('carry the tokens in a chunk of their own when asked to', () => {
    const chunks = new ChatChunks(run, { model: 'x', includeUsage: true, nowMs: 0 });
    const [role, , last] = chunksOf(chunks.end({ usage }));
    expect(role).toMatchObject({ usage: null });
    expect(last).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
    });
  });

  it('says when the answer is not whole', () => {
    const chunks = new ChatChunks(run, { model: undefined, includeUsage: false, nowMs: 0 });
    expect(chunks.end({ usage, cut: 'length' })).toContain('"finish_reason":"length"');
    expect(chunks.end({ usage, cut: 'content-filter' })).toContain('"finish_reason":"content_filter"');
  });
});
