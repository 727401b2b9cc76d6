import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denialOf } from './deny-rules.js';
import { readShell } from './parse-command.js';

/** Pieces of which the shell and the parser must think the same. */
const PIECES = [
  ...[
    'one',
    'two',
    'three',
    'o\\ne',
    "'two'",
    '"three"',
    't""wo',
    '$(one)',
    '`two`',
    '"$(three)"',
    '${X:-$(one)}',
  ],
  ...[
    '&&',
    '||',
    ';',
    '|',
    '&',
    '\n',
    '(',
    ')',
    '{',
    '}',
    '!',
    'if',
    'then',
    'else',
    'fi',
    'while',
    'do',
    'done',
    'case',
  ],
  ...[
    'in',
    'esac',
    'a)',
    ';;',
    '$X',
    '\\\n',
    '\\',
    '"',
    "'",
    '#',
    '<<E\n',
    '\nE\n',
    '<<"E"\n',
    '>/dev/null',
    '2>&1',
    '=x',
    'X=one',
  ],
  ...[
    'sh -c',
    'env',
    'xargs',
    'command',
    'exec',
    'eval',
    'true',
    'false',
    'time',
    '`',
    '$(',
    '${',
    '((',
    '$((',
    '[[',
    '~',
    '*',
    '{one,two}',
  ],
];
const soup = fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', ' ', '')), { maxLength: 14 });
const SHELL_MAX_MS = 2_000;

let directory: string;
let log: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'goclaw-shell-'));
  log = join(directory, 'log');
  for (const name of ['one', 'two', 'three']) {
    await writeFile(join(directory, name), `#!/bin/sh\necho ${name} >>${log}\n`);
    await chmod(join(directory, name), 0o755);
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** The programs that a shell really starts for a text. */
async function started(text: string): Promise<readonly string[]> {
  await writeFile(log, '');
  await new Promise<void>((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['-c', text],
      { env: { PATH: `${directory}:/usr/bin:/bin` }, timeout: SHELL_MAX_MS, cwd: directory },
      () => resolve(),
    );
    child.stdin?.end();
  });
  return (await readFile(log, 'utf8')).split('\n').filter(Boolean);
}

describe('shell reading, under random texts', () => {
  it(
    'knows every program that a real shell starts, or says that it does not',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(soup, async (pieces) => {
          const text = pieces.map((pair) => pair.join('')).join('');
          const reading = await readShell(text);
          if (reading.opaque) return;
          const known = new Set(reading.entries.map(({ program }) => program));
          expect(
            (await started(text)).filter((program) => !known.has(program)),
            text,
          ).toEqual([]);
        }),
        { numRuns: 1_500 },
      );
    },
  );

  it('reads any text without an error, in a short time', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      soup.map((pieces) => pieces.flat().join('')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const reading = await readShell(text);
        denialOf(text, reading);
        expect(reading.opaque).toBe(reading.problem !== undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '$(',
    '`',
    '(',
    '{ ',
    'a|',
    'a;',
    '"$(',
    '${X:-',
    'if a; then ',
    'rm -',
    'nc -',
    'curl x |',
    '\\',
    "'",
    'f(){',
    '<<E\n',
    'x ',
  ])('reads 32,000 characters of %j within a second', async (piece) => {
    const text = piece.repeat(Math.floor(32_000 / piece.length));
    const start = performance.now();
    denialOf(text, await readShell(text));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
