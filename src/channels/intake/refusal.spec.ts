import { describe, expect, it } from 'vitest';
import { AgentError } from '#agent';
import { AppError } from '#kernel';
import { type PendingMessage, StoreError } from '#store';
import { inboundMessage } from '../scripted-channel.fixture.js';
import { refusalOf } from './refusal.js';

const full = new AppError('RESOURCE_EXHAUSTED', 'full', { retryAfterMs: 1_000 });
const stopping = new AppError('UNAVAILABLE', 'stopping');

const DAY_MS = 24 * 3_600_000;

function pending(overrides: Partial<PendingMessage> = {}): PendingMessage {
  return { id: 'row', chatId: 'c1', message: inboundMessage(), attempts: 0, ageMs: 0, ...overrides };
}

describe('a message that is not accepted', () => {
  it.each([
    ['there is no room', full],
    ['the gateway stops', stopping],
    ['the database is away', new StoreError('unavailable', 'away')],
    ['nobody knows why', new TypeError('x is undefined')],
  ])('is tried again after a growing pause when %s', (_why, error) => {
    expect(refusalOf(error, pending())).toEqual({ retryAfterMs: 1_000 });
    expect(refusalOf(error, pending({ attempts: 3 }))).toEqual({ retryAfterMs: 8_000 });
  });

  it('is not tried before the time that is asked for', () => {
    const busy = new AppError('RESOURCE_EXHAUSTED', 'full', { retryAfterMs: 5_000 });
    expect(refusalOf(busy, pending())).toEqual({ retryAfterMs: 5_000 });
  });

  it('is tried again once a minute in the end', () => {
    expect(refusalOf(full, pending({ attempts: 500 }))).toEqual({
      retryAfterMs: 60_000,
    });
  });

  it.each([
    ['is empty', new AgentError('message-empty', 'empty'), /Only text/],
    ['is blocked', new AgentError('message-blocked', 'blocked'), /other words/],
    ['is for an agent that is gone', new AgentError('agent-not-found', 'gone'), /not there any more/],
    ['is for an agent that cannot answer', new AgentError('no-provider', 'Set a key.'), /cannot answer/],
  ])('is refused for good when it %s, and its writer is told without details', (_why, error, text) => {
    expect(refusalOf(error, pending())).toEqual({
      reason: `AgentError: ${error.message}`,
      reply: expect.stringMatching(text),
    });
  });

  it('is given up when it waited for a day, or failed again and again for no known reason', () => {
    expect(refusalOf(full, pending({ ageMs: DAY_MS }))).toHaveProperty('reply');
    expect(refusalOf(new TypeError('x'), pending({ attempts: 4 }))).toHaveProperty('reply');
    expect(refusalOf(new AgentError('internal', 'x'), pending({ attempts: 4 }))).toHaveProperty('reply');
  });
});
