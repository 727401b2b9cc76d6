import { describe, expect, it } from 'vitest';
import { Steps } from './steps.js';

describe('a step', () => {
  it('gives its result, or what it threw', async () => {
    const steps = new Steps('Stop');
    expect(await steps.run('quick', () => 'done', 1_000)).toBe('done');
    expect(await steps.run('without a limit', async () => 'done')).toBe('done');
    const broken = (): never => {
      throw new Error('broken');
    };
    await expect(steps.run('broken', broken, 1_000)).rejects.toThrow('broken');
  });

  it('that hangs ends at its limit, so that the next has its turn', async () => {
    const hangs = steps().run('hangs', () => new Promise(() => undefined), 20);
    await expect(hangs).rejects.toThrow('not done within 20 ms');
  });
});

function steps(): Steps {
  return new Steps('Stop');
}
