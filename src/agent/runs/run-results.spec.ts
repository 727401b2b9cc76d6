import { describe, expect, it } from 'vitest';
import type { RunResult } from './run-request.js';
import { RunResults } from './run-results.js';

const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const result: RunResult = { runId: 'r', sessionKey: 's', outcome: 'completed', content: 'hi', usage };

describe('the end of a run', () => {
  it('reaches everybody who expects it', async () => {
    const results = new RunResults();
    const both = [results.expect('r'), results.expect('r')];
    expect(results.waiting('other')).toBeUndefined();
    results.settle(result);
    expect(await Promise.all(both)).toEqual([result, result]);
    expect(results.waiting('r')).toBeUndefined();
  });

  it('is remembered as having happened, so that nobody waits for it for ever', () => {
    const results = new RunResults();
    expect(results.hasEnded('r')).toBe(false);
    results.settle(result);
    expect(results.hasEnded('r')).toBe(true);
  });
});
