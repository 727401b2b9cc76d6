import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, AgentEventType } from '#protocol';
import { LogReader } from './log-reader.js';
import { StreamedText } from './streamed-text.js';

function event(attempt: number, seq: number, type: AgentEventType = 'chunk', payload?: object): AgentEvent {
  return {
    type,
    agentId: 'a',
    runId: 'r',
    sessionKey: 's',
    attempt,
    seq,
    ...(payload && { payload }),
  } as AgentEvent;
}

describe('the reader of a log', () => {
  it('takes each event once, in order', () => {
    const reader = new LogReader();
    expect(reader.accept(event(1, 1))).toBe('next');
    expect(reader.accept(event(1, 1))).toBe('duplicate');
    expect(reader.accept(event(1, 3))).toBe('gap');
    expect(reader.accept(event(1, 2))).toBe('next');
    expect(reader.position).toEqual({ attempt: 1, seq: 2 });
  });

  it('begins where it is told to', () => {
    const reader = new LogReader({ attempt: 1, seq: 7 });
    expect(reader.accept(event(1, 7))).toBe('duplicate');
    expect(reader.accept(event(1, 8))).toBe('next');
  });

  it('knows the end of a log', () => {
    const reader = new LogReader();
    reader.accept(event(1, 1, 'run.started'));
    expect(reader.ended).toBe(false);
    reader.accept(event(1, 2, 'run.failed', { error: 'x', code: 'INTERNAL' }));
    expect(reader.ended).toBe(true);
  });

  it('misses something when a later attempt keeps text that it has not seen', () => {
    const reader = new LogReader();
    reader.accept(event(1, 1));
    expect(reader.accept(event(2, 1, 'run.resumed', { discardAfter: { attempt: 1, seq: 2 } }))).toBe('gap');
    expect(reader.accept(event(2, 1, 'run.resumed', { discardAfter: { attempt: 1, seq: 1 } }))).toBe('next');
    expect(reader.accept(event(1, 2))).toBe('duplicate');
  });

  it('takes nothing behind the end of the log', () => {
    const reader = new LogReader();
    expect(reader.accept(event(1, 1, 'run.completed', { status: 'completed' }))).toBe('next');
    expect(reader.accept(event(2, 1, 'run.resumed', { discardAfter: { attempt: 0, seq: 0 } }))).toBe(
      'duplicate',
    );
  });

  it('has the whole text in the end, in whatever order and however often events come, if gaps are sent again', () => {
    const chunks = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(chunks, fc.infiniteStream(fc.nat()), (texts, noise) => {
        const reader = new LogReader();
        const streamed = new StreamedText();
        const log = texts.map((content, index) => event(1, index + 1, 'chunk', { content }));
        const take = (one: AgentEvent | undefined): void => {
          const verdict = one && reader.accept(one);
          if (verdict === 'next') streamed.append(reader.position, texts[reader.position.seq - 1] ?? '');
          if (verdict === 'gap') log.slice(reader.position.seq).forEach(take);
        };
        for (const pick of noise.take(texts.length)) take(log[pick % log.length]);
        log.forEach(take);
        expect(streamed.text).toBe(texts.join(''));
      }),
    );
  });
});

describe('streamed text', () => {
  it('takes back what came after a position, and nothing else', () => {
    const streamed = new StreamedText();
    streamed.append({ attempt: 1, seq: 2 }, 'Hel');
    streamed.append({ attempt: 1, seq: 4 }, 'lo');
    expect(streamed.discardAfter({ attempt: 1, seq: 4 })).toBe(false);
    expect(streamed.discardAfter({ attempt: 1, seq: 3 })).toBe(true);
    expect(streamed.text).toBe('Hel');
    streamed.append({ attempt: 2, seq: 2 }, 'p');
    expect(streamed.text).toBe('Help');
    streamed.discardAfter({ attempt: 0, seq: 0 });
    expect(streamed.text).toBe('');
  });
});
