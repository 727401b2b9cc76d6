import { expect, it } from 'vitest';
import { replyTo } from './run-reply.js';

const peer = { channel: 'telegram/main', chatId: '7', chatKind: 'group' } as const;

it('is sent to the chat that asked, as an answer to the message that asked', () => {
  const end = { outcome: 'completed', content: 'Hello' } as const;
  expect(replyTo({ peer: { ...peer, threadId: '3', replyTo: '99' } }, end)).toEqual({
    chat: { id: '7', kind: 'group', threadId: '3' },
    text: 'Hello',
    replyTo: '99',
  });
  expect(replyTo({ peer }, end)).toEqual({ chat: { id: '7', kind: 'group' }, text: 'Hello' });
});

it('is nothing without a peer, and for a silent answer', () => {
  expect(replyTo({}, { outcome: 'completed', content: 'Hello' })).toBeUndefined();
  expect(replyTo({ peer }, { outcome: 'completed', content: '' })).toBeUndefined();
});
