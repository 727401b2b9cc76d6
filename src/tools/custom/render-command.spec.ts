import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCommand } from './render-command.js';

const NONE = { type: 'object' };

function rendered(template: string, args: Record<string, unknown>, parameters: object = NONE): string {
  const result = renderCommand(template, { ...parameters }, args);
  return 'command' in result ? result.command : result.problem;
}

describe('The command of a custom tool', () => {
  it.each([
    ['echo {{.a}} {{ .b }}', { a: 'x', b: 'y' }, "echo 'x' 'y'"],
    ['echo {{.a}}', { a: "it's" }, String.raw`echo 'it'\''s'`],
    ['echo {{.a}}', { a: '{{.b}}', b: 'never' }, "echo '{{.b}}'"],
    ['echo {{.a}}', { a: '$&' }, "echo '$&'"],
    ['echo {{.a}} {{.b}}', { a: 1.5, b: true }, "echo '1.5' 'true'"],
    ['echo {{.a}}', { a: { list: [1, 'two'] } }, `echo '{"list":[1,"two"]}'`],
    ['echo {{.a}} end', {}, "echo '' end"],
    ['echo {{.a}} end', { a: null }, "echo '' end"],
    ['echo {{.toString}}', {}, "echo ''"],
  ])('%j of %j is %j', (template, args, expected) => {
    expect(rendered(template, args)).toBe(expected);
  });

  it('takes the default of the schema for what was not given', () => {
    const parameters = { properties: { count: { type: 'integer', default: 3 } } };
    expect(rendered('ping -c {{.count}}', {}, parameters)).toBe("ping -c '3'");
    expect(rendered('ping -c {{.count}}', { count: 1 }, parameters)).toBe("ping -c '1'");
  });

  it('is refused with a NUL in it, and when it is longer than a system takes', () => {
    expect(rendered('echo {{.a}}', { a: 'x\0y' })).toContain('NUL');
    expect(rendered('echo {{.a}}', { a: 'é'.repeat(70_000) })).toContain('too long');
  });

  it('hands on every text as one word, whatever a shell would make of it', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '$', '`', '(', ')', '\n', ';', '|', '&', ' ', '!', '*', 'a'),
      }),
    );
    const text = hostile.filter((value) => !value.includes('\0') && value.isWellFormed());
    const pairs = fc.array(fc.tuple(text, text), { minLength: 40, maxLength: 40 });
    const template = String.raw`printf '<%s>\n' {{.a}} x{{.b}}`;
    fc.assert(
      fc.property(pairs, (all) => {
        const script = all.map(([a, b]) => rendered(template, { a, b })).join('\n');
        const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
        expect(stdout).toBe(all.map(([a, b]) => `<${a}>\n<x${b}>\n`).join(''));
      }),
      { numRuns: 5 },
    );
  });
});
