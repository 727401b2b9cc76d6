import { describe, expect, it } from 'vitest';
import { EventNumbers } from '../sse/event-numbers.js';
import { ChatChunks, type ChunkOptions } from './chat-chunks.js';

const run = { runId: '019a0c7b-52e0-7d6f-8a1b-2c3d4e5f6071', sessionKey: 's', agentKey: 'coder' };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1 };

function chunksOf(wire: string): unknown[] {
  return eventsOf(wire).map(({ data }) => data);
}

function eventsOf(wire: string): { id: number; data: unknown }[] {
  expect(wire.endsWith('\n\n')).toBe(true);
  const events = wire.slice(0, -2).split('\n\n');
  return events.map((event) => {
    const [, id, data = ''] = /^id: (\d+)\ndata: (.*)$/.exec(event) ?? [];
    return { id: Number(id), data: data === '[DONE]' ? data : (JSON.parse(data) as unknown) };
  });
}

function make(options: Partial<ChunkOptions> = {}, after?: number): ChatChunks {
  return new ChatChunks(
    run,
    { model: undefined, includeUsage: false, nowMs: 0, ...options },
    new EventNumbers(after),
  );
}

describe('the chunks of a streamed completion', () => {
  it('begin with the role, once, and end with the reason', () => {
    const chunks = make({ nowMs: 5_900 });
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
    const chunks = make();
    expect(chunksOf(chunks.end({ usage }))).toHaveLength(3);
  });

  it('carry the tokens in a chunk of their own when asked to', () => {
    const chunks = make({ includeUsage: true });
    const [role, , last] = chunksOf(chunks.end({ usage }));
    expect(role).toMatchObject({ usage: null });
    expect(last).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
    });
  });

  it('are numbered, and the same from any of them on', () => {
    const tell = (after?: number): { id: number; data: unknown }[] => {
      const chunks = make({ includeUsage: true }, after);
      return eventsOf(chunks.text('a') + chunks.text('b') + chunks.end({ usage }));
    };
    const all = tell();
    expect(all.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(tell(1)).toEqual(all.slice(2));
    expect(tell(4)).toEqual(all.slice(5));
  });

  it('says when the answer is not whole', () => {
    const chunks = make();
    expect(chunks.end({ usage, cut: 'length' })).toContain('"finish_reason":"length"');
    expect(chunks.end({ usage, cut: 'content-filter' })).toContain('"finish_reason":"content_filter"');
  });
});
