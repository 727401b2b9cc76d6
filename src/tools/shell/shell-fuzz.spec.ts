import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denialOf } from './deny-rules.js';
import { readShell } from './parse-command.js';

const PROGRAMS = [
  'one',
  'two',
  'three',
  'o\\ne',
  "'two'",
  '"three"',
  't""wo',
  'true',
  'false',
  '! one',
  'X=1 two',
];
const ARGUMENTS = [
  '',
  '',
  ' x',
  ' $(one)',
  ' `two`',
  ' "$(three)"',
  ' ${X:-$(one)}',
  " '$(two)'",
  ' \\$(three)',
  ' "`one`"',
  ' #two',
  ' a#b',
  ' >/dev/null',
  ' 2>&1',
  ' \\\n',
  ' <<E\n$(two)\nE\n',
  ' <<"E"\n$(two)\nE\n',
  ' one',
  ' $(one `two`)',
  ' "a\nb"',
];
const BETWEEN = ['; ', ' && ', ' || ', ' | ', ' & ', '\n', ';', '&&', '|', ' \\\n ', ' # x\n'];
const AROUND: readonly (readonly [string, string])[] = [
  ...([
    ['', ''],
    ['', ''],
    ['(', ')'],
    ['{ ', '; }'],
    ['if ', '; then two; else three; fi'],
    ['if false; then ', '; fi'],
  ] as const),
  ...([
    ['case a in a) ', ';; (b) one;; esac'],
    ['sh -c "', '"'],
    ["sh -c '", "'"],
    ['env -i PATH="$PATH" ', ''],
  ] as const),
  ...([
    ['while ', '; do false; break; done'],
    ['echo x | xargs ', ''],
    ['command ', ''],
    ['exec ', ''],
    ['eval "', '"'],
  ] as const),
];
/** Now and then something that does not belong there. */
const NOISE = [
  ...Array.from({ length: 80 }, () => ''),
  ' (',
  ')',
  '}',
  '"',
  "'",
  '`',
  '$(',
  '((',
  ' fi',
  ' done',
  '\\',
  ';;',
  ' <<',
  ' $',
];

const part = fc
  .record({
    program: fc.constantFrom(...PROGRAMS),
    argument: fc.constantFrom(...ARGUMENTS),
    noise: fc.constantFrom(...NOISE),
    between: fc.constantFrom(...BETWEEN),
    around: fc.constantFrom(...AROUND),
  })
  .map(({ program, argument, noise, between, around: [before, after] }) =>
    [before, program, argument, noise, after, between].join(''),
  );
/** Texts of which the shell and the parser must think the same. */
const soup = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const RUNS = 1_500;
const SHELL_MAX_MS = 10_000;

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
      let understood = 0;
      await fc.assert(
        fc.asyncProperty(soup, async (text) => {
          const reading = await readShell(text);
          if (reading.opaque) return;
          understood += 1;
          const known = new Set(reading.entries.map(({ program }) => program));
          expect(
            (await started(text)).filter((program) => !known.has(program)),
            text,
          ).toEqual([]);
        }),
        { numRuns: RUNS },
      );
      expect(understood).toBeGreaterThan(RUNS / 8);
    },
  );

  it('reads any text without an error, in a short time', { timeout: 30_000 }, async () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), soup);
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
    ' f() { ',
    '<<E\n',
    'x ',
  ])('reads 32,000 characters of %j within a second of work', async (piece) => {
    const text = piece.repeat(Math.floor(32_000 / piece.length));
    const start = process.cpuUsage().user;
    denialOf(text, await readShell(text));
    expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(1_000);
  });
});
