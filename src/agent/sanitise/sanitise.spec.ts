import { describe, expect, it } from 'vitest';
import { isSilent, sanitise } from './sanitise.js';

const open = (text: string) => `<${text}>`;
const close = (name: string) => `</${name}>`;
const element = (name: string, content: string, attributes = '') =>
  open(name + attributes) + content + close(name);

/** The rows `[input, expected]` whose input is sanitised to something else, with that. */
function mismatches(rows: readonly (readonly [string, string])[]): unknown[] {
  return rows
    .filter(([input, expected]) => sanitise(input) !== expected)
    .map((row) => [...row, sanitise(row[0])]);
}

/** A row for a text that must arrive as it is. */
const same = (text: string): [string, string] => [text, text];

describe('step 1: garbled tool tags', () => {
  const argument = element('parameter', 'a.txt', ' name="path"');
  const call = element('function_calls', element('invoke', argument, ' name="read_file"'));

  it('go with their arguments, and the prose around them stays', () => {
    expect(
      mismatches([
        [`Sure. ${call} Done.`, 'Sure.  Done.'],
        [`Before\n\n${call}\n\nAfter`, 'Before\n\nAfter'],
        [`A ${element('tool_call', '{"name": "x", "arguments": {"a": "<b>"}}')} B`, 'A  B'],
        [`A ${element('tool_use', ' prose ')} B`, 'A  prose  B'],
        [
          `A ${open('function=run')}\n${open('parameter=cmd')}ls${close('parameter')}\n${close('function')} B`,
          'A \n B',
        ],
        [call, ''],
      ]),
    ).toEqual([]);
  });

  it('are recognised with vendor prefixes, in any case, closing and broken', () => {
    for (const prefix of ['antml:', 'minimax:']) {
      expect(
        mismatches([
          [
            `A ${element(`${prefix}invoke`, element(`${prefix}parameter`, 'v', ' name="p"'), ' name="x"')} B`,
            'A  B',
          ],
        ]),
      ).toEqual([]);
    }
    expect(
      mismatches([
        [`A ${open('TOOL_CALL')}B`, 'A B'],
        [`A${close('invoke')} B${close('function_calls')}`, 'A B'],
        ['A <function_calls', 'A'],
        ['A <function_calls\nB', 'A \nB'],
        ['A <invoke name="x" and so on', 'A  and so on'],
        ['A <tool_call<b>', 'A <b>'],
        ['A <invoke name="x', 'A'],
        ["A <invoke name='x y", 'A  y'],
      ]),
    ).toEqual([]);
  });

  it('leave prose alone when an argument is never closed', () => {
    expect(mismatches([[`A ${open('parameter name="p"')} B\n\nC`, 'A  B\n\nC']])).toEqual([]);
    const long = 'word '.repeat(10_000);
    expect(
      mismatches([[`A ${open('parameter name="p"')}${long}${close('parameter')}B`, `A ${long}B`]]),
    ).toEqual([]);
  });

  it('do not swallow words that only look like them', () => {
    expect(
      mismatches([
        ['run <parameter> now', 'run <parameter> now'],
        ['a < b, <invoker>, <functional>, x<y', 'a < b, <invoker>, <functional>, x<y'],
        ['Map<function>', 'Map<function>'],
        ['see <https://example.org>', 'see <https://example.org>'],
      ]),
    ).toEqual([]);
  });
});

describe('step 2: transcript blocks', () => {
  it('go up to the first line of prose', () => {
    expect(
      mismatches([
        ['A\n[Tool Call: read_file (ID: 1)]\nArguments: {"path": "x"}\nB', 'A\nB'],
        ['A\n\n[Tool Result for ID 1]\n{"a": 1}\n\nB', 'A\n\nB'],
        ['[Historical context: a different model called tool "x"]\n\nB', 'B'],
        ['A\n[Tool Call: x]\n\n\nB', 'A\n\nB'],
        ['A\n[tool call: x (args: [1, 2])]\n  {\n    "a": "}",\n    "b": [1]\n  }\nB', 'A\nB'],
        ['A\n[Tool Call: x]\n{\n "a": 1\n\nB', 'A\n\nB'],
        ['A\n[Tool Call: x', 'A'],
      ]),
    ).toEqual([]);
  });

  it('go alone when prose stands on their line', () => {
    expect(
      mismatches([
        ['A [Tool Call: x] B', 'A  B'],
        ['A [Tool Call: x]\nB', 'A \nB'],
        ['A [Tool Result] {"a": 1}\nArguments are fine.', 'A \nArguments are fine.'],
      ]),
    ).toEqual([]);
  });

  it('are not seen in other brackets', () => {
    expect(
      mismatches([
        [
          '[Tool] [Tool Calls] [x](y) [Historical contexts]',
          '[Tool] [Tool Calls] [x](y) [Historical contexts]',
        ],
      ]),
    ).toEqual([]);
  });
});

describe('step 3: thinking', () => {
  it('goes with its content, to the end when it is not closed', () => {
    for (const name of ['think', 'thinking', 'thought', 'antThinking', 'THINK']) {
      expect(
        mismatches([
          [`${element(name, 'secret ``` [x]')}Answer`, 'Answer'],
          [`A\n\n${element(name, 'secret')}\n\nB`, 'A\n\nB'],
          [`A ${open(name)}secret`, 'A'],
          [`A ${open(`${name} mode="deep"`)}secret`, 'A'],
        ]),
      ).toEqual([]);
    }
    expect(
      mismatches([
        ['<thinking>secret</think>Answer', 'Answer'],
        ['secret</think>Answer', 'secretAnswer'],
        ['<think/>Answer', 'Answer'],
      ]),
    ).toEqual([]);
  });
});

describe('step 4: final tags', () => {
  it('go, and the answer stays', () => {
    expect(
      mismatches([
        ['<final>Answer</final>', 'Answer'],
        ['<think>x</think>\n<final>\nA < B\n</final>\n', 'A < B'],
        ['<final>\n```\n<final>\n```</final> B', '```\n<final>\n``` B'],
      ]),
    ).toEqual([]);
  });
});

describe('step 5: system messages', () => {
  it('go to a blank line', () => {
    expect(
      mismatches([
        ['[System Message] do this\nand that\n\nAnswer', 'Answer'],
        ['A\n[System Message]\nx\n  \nB', 'A\n\nB'],
        ['A [System Message] B', 'A [System Message] B'],
        ['A\n  [system message]', 'A'],
      ]),
    ).toEqual([]);
  });
});

describe('step 6: repeated paragraphs', () => {
  it('collapse when they are equal and follow each other', () => {
    expect(
      mismatches([
        ['A b\n\nA b\n\nA b', 'A b'],
        ['A\n\nA\n\nB', 'A\n\nB'],
        ['A\n\nB\n\nA', 'A\n\nB\n\nA'],
        ['A\n\nAB', 'A\n\nAB'],
        ['AB\n\nA', 'AB\n\nA'],
        ['AB\n\nA\n\nA\n\nAB', 'AB\n\nA\n\nAB'],
        ['A\nA', 'A\nA'],
        ['A\n\n    A', 'A\n\n    A'],
        ['A  \n \nA', 'A'],
      ]),
    ).toEqual([]);
  });
});

describe('step 7: outer white space', () => {
  it('goes, inner white space stays', () => {
    expect(
      mismatches([
        ['\n \n  A  b\n', 'A  b'],
        ['A\n\n\n  B', 'A\n\n\n  B'],
        [' \n ', ''],
        ['', ''],
      ]),
    ).toEqual([]);
  });
});

describe('code', () => {
  const markup = `<think>x</think> <final> ${open('invoke name="x"')} [Tool Call: x]`;

  it('in fences passes unchanged', () => {
    for (const fence of ['```', '~~~', '`````']) {
      expect(
        mismatches([same(`${fence}xml\n${markup}\n[System Message]\n\n\nA\n\nA\n\nNO_REPLY\n${fence}\nB`)]),
      ).toEqual([]);
      expect(mismatches([same(`1. ${fence}\n   ${markup}\n   ${fence}`)])).toEqual([]);
      expect(mismatches([same(`> ${fence}\n> ${markup}\n> ${fence}`)])).toEqual([]);
    }
    expect(mismatches([same(`\`\`\`\n~~~\n${markup}\n\`\`\``)])).toEqual([]);
    expect(mismatches([same(`\`\`\`\`\n\`\`\`\n${markup}\n\`\`\`\``)])).toEqual([]);
    expect(mismatches([same('```\na\n```\n\n```\na\n```')])).toEqual([]);
  });

  it('in a fence that is never closed passes unchanged to the end', () => {
    expect(mismatches([same(`A\n\`\`\`\n${markup}\nNO_REPLY`)])).toEqual([]);
  });

  it('is over after the closing fence', () => {
    expect(mismatches([['```\na\n```\nA <think>x</think>B', '```\na\n```\nA B']])).toEqual([]);
  });

  it('in a line passes unchanged', () => {
    expect(mismatches([same(`Use \`${markup}\` or \`\`<think> \` <final>\`\` here`)])).toEqual([]);
    expect(mismatches([same(`\`\`\`${markup}\`\`\` in a line`)])).toEqual([]);
  });

  it('in a line must be closed on it', () => {
    expect(
      mismatches([
        ['A ` b <final>c</final>\n`', 'A ` b c\n`'],
        ['A ` b <final>c</final>', 'A ` b c'],
        [`A \` <final>${'x'.repeat(2_000)} \``, `A \` ${'x'.repeat(2_000)} \``],
      ]),
    ).toEqual([]);
  });
});

describe('silent replies', () => {
  it('hide a text that is the token or begins with it', () => {
    for (const text of [
      'NO_REPLY',
      '  NO_REPLY\n',
      'NO_REPLY.',
      'NO_REPLY but why',
      '**NO_REPLY**',
      '<think>x</think>NO_REPLY',
    ]) {
      expect(mismatches([[text, '']])).toEqual([]);
      expect(isSilent(text)).toBe(true);
    }
  });

  it('cut the token off the end', () => {
    expect(
      mismatches([
        ['Done.\n\nNO_REPLY', 'Done.'],
        ['Done. NO_REPLY', 'Done.'],
        ['Done. **NO_REPLY**', 'Done.'],
        ['Done. NO_REPLY.\n', 'Done.'],
        ['Done. NO_REPLY NO_REPLY', 'Done.'],
      ]),
    ).toEqual([]);
    expect(isSilent('Done. NO_REPLY')).toBe(false);
  });

  it('leave other words alone', () => {
    const texts = [
      'NO_REPLYING',
      'NO_REPLY_MODE',
      'NO_REP',
      'Say `NO_REPLY`',
      'Say `NO_REPLY',
      'NO_REPLY1',
      'A NO_REPLY B',
      'A **b',
      'A NO_',
    ];
    for (const text of texts) {
      expect(mismatches([[text, text]])).toEqual([]);
      expect(isSilent(text)).toBe(false);
    }
    expect(mismatches([['A xNO_REPLY', 'A xNO_REPLY']])).toEqual([]);
  });
});
