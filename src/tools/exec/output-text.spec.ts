import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.js';
import { OutputText } from './output-text.js';

const CHUNK_BYTES = 64 * 1024;
/** What a careful reading of a chunk takes of the CPU at most; a careless one takes a second and more. */
const CHUNK_MAX_MS = 250;

function textOf(...chunks: readonly string[]): string {
  const text = new OutputText();
  return chunks.map((chunk) => text.add(Buffer.from(chunk))).join('');
}

describe('the output of a command', () => {
  it.each([
    ['colours', '\u001B[1;31mred\u001B[0m', 'red'],
    ['24-bit colours', '\u001B[38;2;1;2;3mred\u001B[m', 'red'],
    ['cursor and screen', 'a\u001B[2J\u001B[10;4H\u001B[?25lb', 'ab'],
    ['a title', '\u001B]0;my title\u0007text', 'text'],
    ['a link', '\u001B]8;;https://example.com\u001B\\here\u001B]8;;\u001B\\', 'here'],
    ['character sets and keypads', '\u001B(B\u001B=\u001B>\u001B7x\u001B8', 'x'],
    ['the eight-bit form', '\u009B31mred', 'red'],
    ['a title without an end', '\u001B]0;title\nnext line', '0;title\nnext line'],
    ['other controls', 'ab\u0008\u007Fc\td\n', 'abc\td\n'],
    ['line ends', 'one\r\ntwo\rthree', 'one\ntwo\nthree'],
  ])('is without %s', (_, printed, shown) => {
    expect(textOf(printed)).toBe(shown);
  });

  it('keeps letters whose bytes come in two pieces', () => {
    const bytes = Buffer.from('é');
    const text = new OutputText();
    expect(text.add(bytes.subarray(0, 1)) + text.add(bytes.subarray(1))).toBe('é');
  });

  it.each([
    '\u001B]',
    '=\u001B]',
    '\u001B[',
    '\u001B[;',
    '\u001B]0;',
    '\u001B[1 ',
    '\u001BP',
    '\u001B#',
    '\u001B',
  ])('that is nothing but %j is read at once', async (order) => {
    const chunk = Buffer.from(order.repeat(CHUNK_BYTES / order.length));
    const text = new OutputText();
    expect(await cpuMsOf(async () => text.add(chunk))).toBeLessThan(CHUNK_MAX_MS);
  });
});
