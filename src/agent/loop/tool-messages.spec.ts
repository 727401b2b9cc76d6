import { expect, it } from 'vitest';
import { openCalls, unknownOutcome } from './tool-messages.js';

const call = (id: string) => ({ id, name: 'exec', arguments: {} });
const asked = { role: 'assistant', toolCalls: [call('a'), call('b'), call('c')] } as const;
const user = { role: 'user' } as const;
const result = (toolCallId: string) => ({ role: 'tool', toolCallId }) as const;

it('finds the calls at the end of a conversation that have no result, in their order', () => {
  expect(openCalls([user, asked]).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(openCalls([user, asked, result('b')]).map(({ id }) => id)).toEqual(['a', 'c']);
  expect(openCalls([user, asked, result('b'), result('c'), result('a')])).toEqual([]);
  expect(openCalls([user, asked, user])).toEqual([]);
  expect(openCalls([])).toEqual([]);
});

it('tells the model that a call may or may not have happened', () => {
  const message = unknownOutcome(call('a'));
  expect(message).toMatchObject({ role: 'tool', toolCallId: 'a', toolName: 'exec', isError: true });
  expect(JSON.stringify(message.content)).toMatch(/outcome .* unknown.*Check/);
});
