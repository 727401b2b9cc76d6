import { describe, expect, it } from 'vitest';
import { inboundMessage } from '../scripted-channel.fixture.js';
import { checkedMessage } from './checked-message.js';

describe('a message of a platform', () => {
  it('is kept as it is', () => {
    const message = inboundMessage({
      chat: { id: '-100:7', kind: 'group', threadId: '3' },
      sender: { id: 'ann', name: 'Ann' },
      sentAt: '2026-01-01T00:00:00Z',
    });
    expect(checkedMessage(message)).toEqual(message);
  });

  it('is cut when it is longer than anybody reads', () => {
    const sender = { id: 'ann', name: 'n'.repeat(300) };
    const checked = checkedMessage(inboundMessage({ text: 'x'.repeat(1_000_001), sender }));
    expect(checked.text).toHaveLength(1_000_000);
    expect(checked.sender.name).toHaveLength(255);
  });

  it.each([
    ['message', { platformMessageId: '' }],
    ['message', { platformMessageId: 'x'.repeat(256) }],
    ['chat', { chat: { id: 'a\nb', kind: 'direct' } }],
    ['chat', { chat: { id: 'x'.repeat(101), kind: 'direct' } }],
    ['topic', { chat: { id: 'c', kind: 'group', threadId: '' } }],
    ['sender', { sender: { id: '' } }],
  ] as const)('is refused when the id of its %s cannot be filed under', (of, overrides) => {
    expect(() => checkedMessage(inboundMessage(overrides))).toThrow(`The id of a ${of} is not`);
  });
});
