import { describe, expect, it } from 'vitest';
import { compactionPrompt } from './compaction-prompt.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';

const textOf = (...args: Parameters<typeof compactionPrompt>) =>
  JSON.stringify(compactionPrompt(...args).messages);

describe('the prompt for a summary', () => {
  it('holds what users and the assistant said, and no tool results', () => {
    const text = textOf([
      user(1, 'my name is Ann'),
      assistant(2, '', 'x'),
      result(3, 'x', 'raw'),
      assistant(4, 'hello'),
    ]);
    expect(text).toContain('User: my name is Ann\\n\\nAssistant: hello');
    expect(text).not.toContain('raw');
    expect(text).not.toContain('earlier_summary');
  });

  it('includes the summary of what came before', () => {
    expect(textOf([user(1, 'a')], 'Ann likes tea')).toContain('<earlier_summary>\\nAnn likes tea\\n');
    expect(textOf([user(1, 'a')], ' ')).not.toContain('earlier_summary');
  });

  it('shortens very long messages in the middle', () => {
    const text = textOf([user(1, `begin${'😀'.repeat(20_000)}end`)]);
    expect(text.length).toBeLessThan(18_000);
    expect(text).toMatch(/begin😀.*😀end/su);
  });
});
