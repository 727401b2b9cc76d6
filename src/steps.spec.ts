import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Steps } from './steps.js';

afterEach(() => void vi.restoreAllMocks());

describe('a step', () => {
  it('is logged with its time, and by its name when it fails', async () => {
    const logged: string[] = [];
    for (const level of ['log', 'error'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation((text: string) => void logged.push(text));
    }
    await new Steps('Stop').run('database', () => undefined);
    await expect(
      new Steps('Stop').run('listening', () => Promise.reject(new Error('in use'))),
    ).rejects.toThrow('in use');
    expect(logged).toEqual([
      expect.stringMatching(/^database \(\d+ ms\)$/),
      expect.stringMatching(/^listening failed after \d+ ms$/),
    ]);
  });

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
    const hangs = new Steps('Stop').run('hangs', () => new Promise(() => undefined), 20);
    await expect(hangs).rejects.toThrow('not done within 20 ms');
  });
});
