import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import { TextFollower } from './text-follower.js';

const chunk = (seq: number, content: string, attempt = 1): RunEvent => ({
  runId: 'r',
  attempt,
  seq,
  type: 'chunk',
  payload: { content },
});

const resumed = (attempt: number, seq: number): RunEvent => ({
  runId: 'r',
  attempt,
  seq: 1,
  type: 'run.resumed',
  payload: { discardAfter: { attempt: 1, seq } },
});

const answer = (content: string) => ({ outcome: 'completed', content }) as const;

function follow(): { follower: TextFollower; told: (string | number)[] } {
  const told: (string | number)[] = [];
  const tell = (what: string | number): void => void told.push(what);
  return { follower: new TextFollower({ text: tell, attempt: tell }), told };
}

describe('who follows the text of a run', () => {
  it('gets each piece as it comes, and nothing twice', () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.accept({ runId: 'r', attempt: 1, seq: 2, type: 'thinking', payload: { content: 'hmm' } });
    follower.accept(chunk(3, 'lo'));
    follower.complete(answer('Hello'));
    expect(told).toEqual(['Hel', 'lo']);
  });

  it('gets what no piece was published of', () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.complete(answer('Hello'));
    follower.accept(chunk(2, 'lo'));
    expect(told).toEqual(['Hel', 'lo']);
  });

  it('is told that text is void that it has', async () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.accept(chunk(2, 'lo'));
    follower.accept(resumed(2, 1));
    follower.accept(chunk(2, 'Good day', 2));
    follower.complete(answer('Good day'));
    expect(await follower.broken).toMatchObject({ reason: 'run-interrupted', retryable: true });
    expect(told).toEqual(['Hel', 'lo']);
  });

  it('goes on with the next attempt where all that it has still stands', () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hel'));
    follower.accept(resumed(2, 1));
    follower.accept(chunk(2, 'lo', 2));
    follower.complete(answer('Hello'));
    expect(told).toEqual(['Hel', 2, 'lo']);
  });

  it('is told so when it has other text than the answer, because nobody told that it is void', () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hello'));
    expect(() => follower.complete(answer('Good day'))).toThrow(/interrupted/);
    expect(told).toEqual(['Hello']);
  });

  it('keeps what it has of a run that failed', () => {
    const { follower, told } = follow();
    follower.accept(chunk(1, 'Hello'));
    follower.complete({ outcome: 'failed', content: '' });
    expect(told).toEqual(['Hello']);
  });

  it('ends with the reason when its text cannot be taken', async () => {
    const follower = new TextFollower({
      text: () => {
        throw new Error('full');
      },
      attempt: () => undefined,
    });
    follower.accept(chunk(1, 'Hel'));
    expect(await follower.broken).toMatchObject({ message: 'full' });
  });
});
