import { describe, expect, it } from 'vitest';
import { inboundMessage } from '../scripted-channel.fixture.js';
import { callerOf, requestOf } from './channel-request.js';

const DEBOUNCE_MS = 800;

describe('the run of a channel message', () => {
  it('belongs to its writer, and keeps one conversation per chat', () => {
    const message = inboundMessage({ platformMessageId: 'm7', chat: { id: '42', kind: 'direct' } });
    expect(requestOf({ name: 'telegram' }, 'row-1', message, DEBOUNCE_MS)).toEqual({
      caller: { userId: 'telegram:ann', role: 'operator', scopes: [], credential: { kind: 'channel' } },
      sessionKey: 'telegram:direct:42',
      content: [{ type: 'text', text: 'Hello' }],
      stream: false,
      origin: 'channel',
      channel: 'telegram',
      peer: { channel: 'telegram', chatId: '42', chatKind: 'direct', replyTo: 'm7' },
      operation: 'channel',
      idempotencyKey: 'row-1',
      debounceMs: 800,
    });
  });

  it('belongs to the group in a group, and says who spoke', () => {
    const message = inboundMessage({ chat: { id: 'g1', kind: 'group', threadId: '3' } });
    const request = requestOf({ name: 'telegram', agentKey: 'helper' }, 'row-1', message, 0);
    expect(request).toMatchObject({
      caller: { userId: 'group:telegram:g1', sender: 'telegram:ann' },
      agentKey: 'helper',
      sessionKey: 'telegram:group:g1:topic:3',
      peer: { chatId: 'g1', chatKind: 'group', threadId: '3' },
    });
    expect(request).not.toHaveProperty('debounceMs');
  });

  it('fits into the columns of owner and session key, however long the ids are', () => {
    const id = 'x'.repeat(100);
    const message = inboundMessage({ chat: { id, kind: 'group', threadId: id }, sender: { id } });
    const { userId, sender } = callerOf('n'.repeat(100), message);
    expect(userId.length).toBeLessThanOrEqual(255);
    expect(sender?.length).toBeLessThanOrEqual(255);
    const { sessionKey = '' } = requestOf({ name: 'n'.repeat(100) }, 'row-1', message, 0);
    expect(`agent:${'a'.repeat(100)}:${sessionKey}`.length).toBeLessThanOrEqual(500);
  });
});
