import { IsInt, IsOptional, Max } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { AgentWaitParams } from './methods/agents.dto.js';
import { ChatAbortParams, ChatResumeParams, ChatSendParams } from './methods/chat.dto.js';
import { SessionsListParams } from './methods/sessions.dto.js';
import { parseParams } from './parse-params.js';

class Params {
  @IsInt() @Max(10) limit = 5;
  @IsOptional() @IsInt() before?: number;
}

const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_REQUEST') return error.message;
    throw error;
  }
  return '';
};

describe('parseParams', () => {
  it('fills in defaults and ignores what it does not know', () => {
    expect(parseParams(Params, { other: 1, protocol: 3 })).toEqual({ limit: 5 });
    expect(parseParams(Params, { limit: null })).toEqual({ limit: 5 });
  });

  it('names the parameter that does not fit', () => {
    expect(messageOf(() => parseParams(Params, { limit: 'x' }))).toMatch(/^invalid params: limit /);
    expect(messageOf(() => parseParams(Params, { limit: 11 }))).toContain('limit');
    expect(messageOf(() => parseParams(Params, { before: {} }))).toContain('before');
  });

  it('takes nothing from a prototype', () => {
    const params = JSON.parse('{"__proto__":{"limit":7},"constructor":1}') as Record<string, unknown>;
    expect(parseParams(Params, params)).toEqual({ limit: 5 });
    const inherited = Object.create({ limit: 7 }) as Record<string, unknown>;
    expect(parseParams(Params, inherited)).toEqual({ limit: 5 });
  });

  it('never fails in another way than with INVALID_REQUEST', () => {
    const anyParams = fc.dictionary(
      fc.constantFrom(
        'message',
        'agentId',
        'sessionKey',
        'stream',
        'idempotencyKey',
        'images',
        'after',
        'runId',
        'limit',
      ),
      fc.anything(),
    );
    fc.assert(
      fc.property(anyParams, (params) => {
        for (const type of [ChatSendParams, ChatResumeParams, ChatAbortParams, SessionsListParams]) {
          expect(() => messageOf(() => parseParams<object>(type, params))).not.toThrow();
        }
      }),
    );
  });
});

describe('the parameters of chat.send', () => {
  const errorOf = (params: Record<string, unknown>): string =>
    messageOf(() => parseParams(ChatSendParams, { message: 'hi', ...params }));

  it('need a message that is not empty', () => {
    for (const message of [undefined, '', 5, null]) expect(errorOf({ message })).toContain('message');
    expect(errorOf({})).toBe('');
  });

  it('bound the idempotency key', () => {
    expect(errorOf({ idempotencyKey: 'k'.repeat(255) })).toBe('');
    for (const idempotencyKey of ['k'.repeat(256), '', 'a\u0000b', 7]) {
      expect(errorOf({ idempotencyKey })).toContain('idempotencyKey');
    }
  });

  it('take images as https or data URLs only', () => {
    expect(errorOf({ images: ['https://example.com/a.png', 'data:image/png;base64,iVBORw0KGgo='] })).toBe('');
    const wrong = [
      'http://example.com/a.png',
      'file:///etc/passwd',
      'data:text/html;base64,AAAA',
      'https://',
      5,
    ];
    for (const image of wrong) expect(errorOf({ images: [image] })).toContain('images');
    expect(errorOf({ images: 'https://example.com/a.png' })).toContain('images');
    expect(errorOf({ images: Array.from({ length: 11 }, () => 'https://example.com/a.png') })).toContain(
      'images',
    );
  });

  it('check the position of a resumption', () => {
    const after = (value: unknown): string =>
      messageOf(() => parseParams(ChatResumeParams, { after: value }));
    expect(after({ attempt: 1, seq: 0 })).toBe('');
    for (const wrong of [
      5,
      'x',
      {},
      { attempt: 1 },
      { attempt: '1', seq: 0 },
      { attempt: -1, seq: 0 },
      { attempt: 1, seq: 2 ** 40 },
    ])
      expect(after(wrong)).toContain('after');
  });
});

describe('the parameters of agent.wait', () => {
  it('wait for 30 s unless they say otherwise, and for ten minutes at most', () => {
    expect(parseParams(AgentWaitParams, {})).toEqual({ timeoutMs: 30_000 });
    expect(parseParams(AgentWaitParams, { timeoutMs: 600_000 })).toEqual({ timeoutMs: 600_000 });
    for (const timeoutMs of [600_001, -1, '5']) {
      expect(messageOf(() => parseParams(AgentWaitParams, { timeoutMs }))).toContain('timeoutMs');
    }
  });
});
