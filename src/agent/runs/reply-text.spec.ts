import { describe, expect, it } from 'vitest';
import { ErrorCode } from '#protocol';
import { replyOf } from './reply-text.js';

describe('what a chat platform is told of an ended run', () => {
  it('is its answer', () => {
    expect(replyOf({ outcome: 'completed', content: 'Hello.' })).toBe('Hello.');
  });

  it.each(['', ' \n'])('is nothing when the agent had nothing to say (%j)', (content) => {
    expect(replyOf({ outcome: 'completed', content })).toBeUndefined();
  });

  it('is nothing when it was stopped, or another run answers', () => {
    expect(replyOf({ outcome: 'aborted', content: 'Half' })).toBeUndefined();
    expect(replyOf({ outcome: 'merged', content: 'of another run' })).toBeUndefined();
  });

  it.each(Object.values(ErrorCode))('is a friendly sentence when it failed with %s', (code) => {
    const reply = replyOf({ outcome: 'failed', content: 'Half an ans', error: { code } });
    expect(reply).toMatch(/^⚠️ [A-Z].*[a-z]/);
    expect(reply).not.toContain(code);
    expect(reply).not.toContain('Half');
  });

  it('asks to send a dropped message again', () => {
    expect(replyOf({ outcome: 'dropped', content: '', error: { code: 'RESOURCE_EXHAUSTED' } })).toMatch(
      /^⚠️ .*send it again/,
    );
  });
});
