import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser.js';

const STREAM =
  ': hello\r\nevent: a\r\ndata: {"x":1}\r\n\r\n' +
  'data:no space\ndata: second line\n\n' +
  'id: 7\nretry: 10\n\n\n' +
  'data: žluťoučký 🐎\n\ndata:\n\ndata: [DONE]';
const EVENTS = ['{"x":1}', 'no space\nsecond line', 'žluťoučký 🐎', '', '[DONE]'];

function parse(pieces: readonly string[]): string[] {
  const parser = new SseParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

describe('SseParser', () => {
  it('finds the same events in whatever pieces the stream comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        const pieces = at.slice(1).map((end, index) => STREAM.slice(at[index], end));
        expect(parse(pieces)).toEqual(EVENTS);
      }),
    );
  });

  it('gives an event as soon as its empty line is there', () => {
    const parser = new SseParser();
    expect(parser.push('data: 1\n')).toEqual([]);
    expect(parser.push('\ndata: 2')).toEqual(['1']);
    expect(parser.end()).toEqual(['2']);
  });

  it('refuses an event that grows without end', () => {
    const parser = new SseParser();
    const megabyte = 'x'.repeat(1024 * 1024);
    expect(() => {
      for (let pushed = 0; pushed < 64; pushed++) parser.push(megabyte);
    }).toThrow(/larger than/);
  });

  it('reads any text the same, whole or in pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (pieces) => {
        expect(parse(pieces)).toEqual(parse([pieces.join('')]));
      }),
    );
  });
});
