import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitFiles } from './fit-files.js';

const DEFAULTS = { fileMaxChars: 0, totalMaxChars: 0 };
const file = (name: string, content: string) => ({ name, content });

describe('context files in a prompt', () => {
  it('are whole when they fit, and left out when they hold nothing but comments', () => {
    const files = [
      file('A', '\nfirst\n'),
      file('B', '  \n'),
      file('C', '<!-- one -->\n<!-- two -->\n'),
      file('D', '<!-- kept --> text'),
    ];
    expect(fitFiles(files, DEFAULTS)).toEqual([file('A', 'first'), file('D', '<!-- kept --> text')]);
  });

  it('keep seven tenths of the limit from their beginning and two from their end, with a note between', () => {
    const text = `${'a'.repeat(25_000)}${'z'.repeat(25_000)}`;
    const [shown] = fitFiles([file('SOUL.md', text)], DEFAULTS);
    expect(shown?.content).toMatch(
      /^a{14000}\n\n\[\.\.\. SOUL\.md is shortened: 32000 of 50000 characters.*\]\n\nz{4000}$/,
    );
  });

  it('end when hardly anything is left of the total', () => {
    const files = ['A', 'B', 'C', 'D'].map((name) => file(name, name.repeat(10_000)));
    const shown = fitFiles(files, DEFAULTS);
    expect(shown.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    const limits = { fileMaxChars: 100, totalMaxChars: 150 };
    expect(fitFiles(files, limits).map(({ content }) => content.length <= 100)).toEqual([true]);
  });

  it('never take more than they may, and are no broken characters, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 8 }),
        fc.integer({ min: 64, max: 500 }),
        fc.integer({ min: 64, max: 900 }),
        (texts, fileMaxChars, totalMaxChars) => {
          const files = texts.map((text, index) => file(`F${index}`, text));
          const shown = fitFiles(files, { fileMaxChars, totalMaxChars });
          expect(shown.every(({ content }) => content.length <= fileMaxChars)).toBe(true);
          expect(shown.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(
            totalMaxChars,
          );
          expect(shown.every(({ content }) => content.isWellFormed())).toBe(true);
          expect(fitFiles(files, { fileMaxChars, totalMaxChars })).toEqual(shown);
        },
      ),
    );
  });
});
