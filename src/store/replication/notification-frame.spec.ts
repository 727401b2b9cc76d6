import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '#kernel';
import { packFrames, readFrame } from './notification-frame.js';
import { NOTIFICATION_MAX_BYTES } from './notifications.js';

const PAYLOAD_LIMIT_BYTES = 8_000;
const message = fc.record({
  topic: fc.constantFrom('runs', 'interest', 'control', 'bus'),
  message: fc.string({ unit: 'binary', maxLength: 1_500 }),
});

describe('a frame', () => {
  it('carries every message unchanged and in order, in payloads that PostgreSQL takes', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
        const sender = newId();
        const payloads = packFrames(sender, 7, messages);
        const frames = payloads.map((payload) => readFrame(payload));
        expect(frames.flatMap((frame) => frame?.messages)).toEqual(messages);
        expect(frames.map((frame) => frame?.number)).toEqual(payloads.map((_, index) => 7 + index));
        expect(frames.every((frame) => frame?.sender === sender)).toBe(true);
        for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(PAYLOAD_LIMIT_BYTES);
      }),
    );
  });

  it('takes a message of the largest size', () => {
    const [payload = '', ...more] = packFrames(newId(), Number.MAX_SAFE_INTEGER % 1e15, [
      { topic: 'interest', message: 'ü'.repeat(NOTIFICATION_MAX_BYTES / 2) },
    ]);
    expect(more).toEqual([]);
    expect(Buffer.byteLength(payload)).toBeLessThan(PAYLOAD_LIMIT_BYTES);
  });

  it('is as few as take the messages', () => {
    const small = Array.from({ length: 100 }, () => ({ topic: 'runs', message: 'x'.repeat(60) }));
    expect(packFrames(newId(), 1, small)).toHaveLength(1);
  });

  it('is nothing else that anybody may send', () => {
    fc.assert(
      fc.property(fc.string(), (payload) => {
        expect(readFrame(payload)).toBeUndefined();
      }),
    );
    const head = `${newId()} 1\n`;
    for (const body of ['x', 'runs', 'runs 5', 'runs 5 abc', 'runs -1 a', 'runs 99999 a', 'Runs 1 a', ' 1 a'])
      expect(readFrame(head + body)).toBeUndefined();
    expect(readFrame(head)).toMatchObject({ messages: [] });
  });
});
