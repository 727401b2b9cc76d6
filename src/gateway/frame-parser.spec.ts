import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFrame } from './frame-parser.js';

const refusal = (text: string): { id: unknown; message: string } => {
  const frame = parseFrame(text);
  if (frame.ok) throw new Error('The frame was accepted.');
  return { id: frame.id, message: frame.error.message };
};
const parse = (frame: unknown): ReturnType<typeof parseFrame> => parseFrame(JSON.stringify(frame));

describe('parseFrame', () => {
  it('reads a request, with and without parameters', () => {
    expect(parse({ type: 'req', id: '1', method: 'health' })).toEqual({
      ok: true,
      request: { type: 'req', id: '1', method: 'health' },
    });
    expect(parse({ type: 'req', id: '1', method: 'a', params: { b: 1 } })).toMatchObject({
      ok: true,
      request: { params: { b: 1 } },
    });
  });

  it('takes ids that are strings or numbers as they come', () => {
    for (const id of ['', 'abc', 0, -1, 1.5, Number.MAX_SAFE_INTEGER]) {
      expect(parse({ type: 'req', id, method: 'a' })).toMatchObject({ ok: true, request: { id } });
    }
  });

  it('refuses ids that could not be echoed, or are no ids', () => {
    for (const text of [
      '1e999',
      '12345678901234567890',
      'null',
      '{}',
      '[]',
      'true',
      JSON.stringify('x'.repeat(257)),
    ]) {
      expect(refusal(`{"type":"req","id":${text},"method":"a"}`)).toMatchObject({
        id: '',
        message: expect.stringMatching(/^malformed request: id/),
      });
    }
    expect(refusal('{"type":"req","method":"a"}').message).toMatch(/^malformed request: id/);
  });

  it('says what is no frame at all', () => {
    expect(refusal('hello').message).toMatch(/^invalid frame: /);
    expect(refusal('').message).toMatch(/^invalid frame: /);
    for (const text of ['1', 'null', '[]', '"req"']) expect(refusal(text)).toMatchObject({ id: '' });
  });

  it('names the type that is no request', () => {
    expect(refusal('{"type":"res","id":"1"}')).toEqual({ id: '', message: 'unexpected frame type: res' });
    expect(refusal('{"id":"1"}').message).toBe('unexpected frame type: ');
    expect(refusal('{"type":5}').message).toBe('unexpected frame type: ');
  });

  it('answers under the request’s id when the rest is wrong', () => {
    expect(refusal('{"type":"req","id":7}').id).toBe(7);
    expect(refusal('{"type":"req","id":7,"method":{}}').id).toBe(7);
    for (const params of ['[]', '1', '"x"', 'true']) {
      expect(refusal(`{"type":"req","id":7,"method":"a","params":${params}}`)).toEqual({
        id: 7,
        message: 'malformed request: params must be an object',
      });
    }
  });

  it('takes only what stands in the frame itself', () => {
    expect(refusal('{"__proto__":{"type":"req","id":1,"method":"a"}}').message).toBe(
      'unexpected frame type: ',
    );
    const frame = parseFrame('{"type":"req","id":1,"method":"a","params":{"__proto__":{"role":"admin"}}}');
    expect(frame.ok).toBe(true);
    expect(Reflect.get({}, 'role')).toBeUndefined();
  });

  it('survives the deepest nesting that fits into a message', () => {
    const depth = 250_000;
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(refusal(nested).id).toBe('');
    expect(parseFrame(`{"type":"req","id":1,"method":"a","params":{"a":${nested}}}`).ok).toBe(true);
  });

  it('keeps its errors short, however long the frame is', () => {
    expect(refusal(`{"type":"${'x'.repeat(100_000)}"}`).message.length).toBeLessThan(200);
    expect(refusal(`{"type":"req","id":1,"method":"${'x'.repeat(100_000)}"}`).message.length).toBeLessThan(
      200,
    );
  });

  it('never throws, and either accepts a well-formed request or says why not', () => {
    const almostFrame = fc.record(
      {
        type: fc.oneof(fc.constant('req'), fc.anything()),
        id: fc.anything(),
        method: fc.anything(),
        params: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
      fc.json(),
      almostFrame.map((frame) =>
        JSON.stringify(frame, (_key, value: unknown) => (typeof value === 'bigint' ? 0 : value)),
      ),
    );
    fc.assert(
      fc.property(text, (message) => {
        const frame = parseFrame(message);
        if (!frame.ok) {
          expect(frame.error.code).toBe('INVALID_REQUEST');
          return;
        }
        expect(['string', 'number']).toContain(typeof frame.request.id);
        expect(typeof frame.request.method).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });
});
