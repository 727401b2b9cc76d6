import { describe, expect, it } from 'vitest';
import { toLlmMessages } from './to-llm-messages.js';
import { assistant, call, result, user } from '../../../test/support/transcript-messages.js';

const text = (value: string) => ({ type: 'text', text: value }) as const;

describe('messages for a provider', () => {
  it('begin with the summary and an acknowledgement, if there is one', () => {
    const [header, acknowledgement, ...rest] = toLlmMessages([user(1, 'a')], 'The user is Ann.');
    expect(header).toEqual({
      role: 'user',
      content: [text('[Previous conversation summary]\nThe user is Ann.')],
    });
    expect(acknowledgement?.role).toBe('assistant');
    expect(rest).toEqual([{ role: 'user', content: [text('a')] }]);
    expect(toLlmMessages([user(1, 'a')], ' \n')).toEqual(rest);
  });

  it('carry the stored context line before the text of a user', () => {
    expect(toLlmMessages([user(1, 'a', 'Current time: X'), user(2, 'b')])).toEqual([
      { role: 'user', content: [text('Current time: X\n\na')] },
      { role: 'user', content: [text('b')] },
    ]);
    const image = { type: 'image', url: 'https://x.test/a.png' } as const;
    const onlyImage = { seq: 1, role: 'user', content: [image], context: 'Current time: X' } as const;
    expect(toLlmMessages([onlyImage])).toEqual([{ role: 'user', content: [text('Current time: X'), image] }]);
    const captioned = { ...onlyImage, content: [image, text('a'), text('b')] };
    expect(toLlmMessages([captioned])).toEqual([
      { role: 'user', content: [image, text('Current time: X\n\na'), text('b')] },
    ]);
  });

  it('carry calls, thinking and results', () => {
    const thinking = [{ provider: 'anthropic', text: 'hm', signature: 's' }];
    expect(toLlmMessages([{ ...assistant(1, 'let me', 'x'), thinking }, result(2, 'x', 'found')])).toEqual([
      { role: 'assistant', content: 'let me', thinking, toolCalls: [call('x')] },
      { role: 'tool', toolCallId: 'x', toolName: 'read_file', content: [text('found')], isError: false },
    ]);
  });

  it('leave out assistant messages that say and do nothing', () => {
    expect(toLlmMessages([assistant(1, ' '), assistant(2, ''), assistant(3, 'b')])).toEqual([
      { role: 'assistant', content: 'b' },
    ]);
  });
});
