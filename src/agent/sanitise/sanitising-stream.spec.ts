import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitise } from './sanitise.js';
import { SanitisingStream } from './sanitising-stream.js';

const FRAGMENTS = [
  '<',
  '>',
  '</',
  '<think>',
  '</think>',
  '<thinking a="1">',
  '</thinking>',
  '<antThinking>',
  '<thou',
  'ght>',
  '<final>',
  '</final>',
  '<function_calls>',
  '</function_calls>',
  '<invoke name="x">',
  '</invoke>',
  '<parameter name="p">',
  '</parameter>',
  '<parameter',
  ' name="q"',
  '<tool_call>',
  '</tool_call>',
  '{"a": "}"}',
  '{',
  '}',
  '[Tool Call: x]',
  '[Tool Result for ID 1]',
  '[Tool Call: ',
  '[Historical context: [y]',
  '[System Message]',
  '[Tool',
  '[',
  ']',
  'Arguments:',
  'Arguments',
  '`',
  '``',
  '```',
  '```js\n',
  '~~~',
  '~~',
  '\n',
  '\n\n',
  '\n```\n',
  ' ',
  '  ',
  '\t',
  '\r\n',
  'NO_REPLY',
  'NO_',
  'REPLY',
  'N',
  '*',
  '**',
  '.',
  '!',
  'word',
  'A',
  'B',
  'A',
  'é',
  '😀',
  '\ud83d',
  '\u00a0',
  '> ',
  '- ',
  '1. ',
  '=',
  '"',
  '/',
];

const nastyText = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join(''));

function stream(chunks: readonly string[]): string {
  const sanitiser = new SanitisingStream();
  return chunks.map((chunk) => sanitiser.push(chunk)).join('') + sanitiser.end();
}

function cut(text: string, at: readonly number[]): string[] {
  const positions = [...new Set(at.map((n) => n % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...positions, text.length].map((end, index) => text.slice(positions[index - 1] ?? 0, end));
}

describe('a sanitising stream', () => {
  it('returns the same text however the input is cut', () => {
    fc.assert(
      fc.property(nastyText, fc.array(fc.nat(), { maxLength: 12 }), (text, at) => {
        expect(stream(cut(text, at))).toBe(sanitise(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('returns the same text character by character', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(stream(text.split(''))).toBe(sanitise(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('never invents text: what it returns is a subsequence of the input, line breaks aside', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        let at = 0;
        for (const char of sanitise(text).replaceAll('\n', '')) {
          at = text.indexOf(char, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('returns ordinary prose at once, but for white space at its end', () => {
    const sanitiser = new SanitisingStream();
    const deltas = [
      'The',
      ' answer,',
      ' as',
      ' x [1]',
      ' shows',
      '.',
      '\n\n- one',
      '\n- two',
      ' `co',
      'de` >',
      ' 3 < 4',
    ];
    for (const delta of deltas) expect(sanitiser.push(delta)).toBe(delta);
    expect(sanitiser.push('. \n')).toBe('.');
    expect(sanitiser.push('End')).toBe(' \nEnd');
  });

  it('holds back only what may be the beginning of something that goes', () => {
    const sanitiser = new SanitisingStream();
    expect(sanitiser.push('a <')).toBe('a');
    expect(sanitiser.push('thin')).toBe('');
    expect(sanitiser.push('g ')).toBe(' <thing');
    expect(sanitiser.push('[Tool')).toBe('');
    expect(sanitiser.push('box] N')).toBe(' [Toolbox]');
    expect(sanitiser.push('O_RE')).toBe('');
    expect(sanitiser.push('AD')).toBe(' NO_READ');
    expect(sanitiser.push('\n\na <')).toBe('');
    expect(sanitiser.push('x')).toBe('\n\na <x');
  });

  it('streams code as it comes', () => {
    const sanitiser = new SanitisingStream();
    expect(sanitiser.push('```xml\n<thi')).toBe('```xml\n<thi');
    expect(sanitiser.push('nk>')).toBe('nk>');
    expect(sanitiser.push(' `')).toBe(' `');
  });

  it('holds a tag in inline code back until the code is closed', () => {
    const sanitiser = new SanitisingStream();
    expect(sanitiser.push('Use `x <final>')).toBe('Use `x');
    expect(sanitiser.push(' y')).toBe('');
    expect(sanitiser.push('` z')).toBe(' <final> y` z');
  });

  it('holds a paragraph back only while it repeats the one before', () => {
    const sanitiser = new SanitisingStream();
    expect(sanitiser.push('One two.\n\nOne')).toBe('One two.');
    expect(sanitiser.push(' t')).toBe('');
    expect(sanitiser.push('hree')).toBe('\n\nOne three');
  });

  it('never returns half of a character', () => {
    const sanitiser = new SanitisingStream();
    expect(sanitiser.push('a\ud83d')).toBe('a');
    expect(sanitiser.push('\ude00b')).toBe('😀b');
  });

  it('returns nothing of a silent reply, at any time', () => {
    const sanitiser = new SanitisingStream();
    const shown = ['NO', '_REPLY', ' and', ' more\n\ntext'].map((delta) => sanitiser.push(delta));
    expect(shown.join('') + sanitiser.end()).toBe('');
    expect(sanitiser.silent).toBe(true);
  });

  it('refuses text after its end', () => {
    const sanitiser = new SanitisingStream();
    sanitiser.push('a ');
    expect(sanitiser.end()).toBe('');
    expect(sanitiser.end()).toBe('');
    expect(() => sanitiser.push('b')).toThrow('has ended');
  });
});

describe('the work on hostile text grows with its length, not faster', () => {
  const UNITS: Readonly<Record<string, string>> = {
    prose: 'The quick brown fox. ',
    'angle brackets': '<',
    'unclosed arguments': '<parameter name="a"> ',
    'arguments that never come': '<tool_call>     ',
    'cut tags': '<invoke name="',
    backticks: '`',
    'odd backticks': '`<final>``a',
    'open brackets': '[Tool Call: {',
    'white space': ' ',
    'line breaks': '\n',
    tokens: ' NO_REPLY',
    stars: '*',
    paragraphs: 'a\n\n',
    fences: '```\n',
    thinking: '<think>',
  };

  // A quadratic step takes minutes for this, far beyond the test's time limit.
  it.each(Object.keys(UNITS))('%s, 400 kB at once and in chunks of 3', (name) => {
    const unit = UNITS[name] ?? '';
    const text = `x ${unit.repeat(400_000 / unit.length)} y`;
    const chunks = text.match(/[\s\S]{1,3}/g) ?? [];
    expect(stream(chunks)).toBe(sanitise(text));
  });
});
