import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import { TextFollower } from './text-follower.js';

const chunk = (seq: number, content: string): RunEvent => ({
  runId: 'r',
  attempt: 1,
  seq,
  type: 'chunk',
  payload: { content },
});

function follow(): { follower: TextFollower; texts: string[] } {
  const texts: string[] = [];
  return { follower: new TextFollower((text) => texts.push(text)), texts };
}

describe('who follows the text of a run', () => {
  it('gets each piece as it comes, and nothing twice', () => {
    const { follower, texts } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.accept({ runId: 'r', attempt: 1, seq: 2, type: 'thinking', payload: { content: 'hmm' } });
    follower.accept(chunk(3, 'lo'));
    follower.complete('Hello');
    expect(texts).toEqual(['Hel', 'lo']);
  });

  it('gets what no piece was published of', () => {
    const { follower, texts } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.complete('Hello');
    follower.accept(chunk(2, 'lo'));
    expect(texts).toEqual(['Hel', 'lo']);
  });

  it('is told that the text is void when the run begins anew', async () => {
    const { follower, texts } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.accept({
      runId: 'r',
      attempt: 2,
      seq: 1,
      type: 'run.resumed',
      payload: { discardAfter: { attempt: 1, seq: 0 } },
    });
    follower.accept(chunk(2, 'Good day'));
    follower.complete('Good day');
    expect(await follower.interrupted).toBe('interrupted');
    expect(texts).toEqual(['Hel']);
  });
});
