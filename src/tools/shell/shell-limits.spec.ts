import { describe, expect, it } from 'vitest';
import { denialOf } from './deny-rules.js';
import { COMMAND_MAX_CHARS, readShell } from './parse-command.js';
import { readWord } from './read-word.js';
import { COMMANDS_MAX } from './shell-reader.js';

/** `sh -c "sh -c …"`, so many times. */
function texts(deep: number): string {
  return deep === 0 ? 'ls' : `sh -c "${texts(deep - 1).replaceAll(/["\\]/g, '\\$&')}"`;
}

function substitutions(deep: number): string {
  return deep === 0 ? 'ls' : `echo $(${substitutions(deep - 1)})`;
}

describe('what is read of a command', () => {
  it.each<readonly [what: string, most: string, more: string, problem: string]>([
    [
      'characters',
      `echo ${'a'.repeat(COMMAND_MAX_CHARS - 5)}`,
      `echo ${'a'.repeat(COMMAND_MAX_CHARS)}`,
      'longer than',
    ],
    ['open brackets', `echo '${'('.repeat(64)}'`, `echo '${'{'.repeat(65)}'`, 'brackets in one another'],
    ['substitutions in one another', substitutions(15), substitutions(16), 'substitutions in one another'],
    ['texts in texts', texts(5), texts(6), 'texts in texts'],
    ['commands', 'true;'.repeat(COMMANDS_MAX), 'true;'.repeat(COMMANDS_MAX + 1), `more than ${COMMANDS_MAX}`],
    ['commands in commands', `${'nice '.repeat(24)}ls`, `${'nice '.repeat(25)}ls`, 'commands in commands'],
  ])('has a bound for %s, beyond which it asks', async (_what, most, more, problem) => {
    expect(await readShell(most)).toMatchObject({ opaque: false });
    expect(await readShell(more)).toMatchObject({ opaque: true, problem: expect.stringContaining(problem) });
  });

  it('is denied by how it looks where it could not be read, also over the end of a line', async () => {
    const command = `: ${'('.repeat(65)}; rm \\\n -rf x`;
    expect(denialOf(command, await readShell(command))).toMatchObject({ rule: 'remove' });
  });

  it('is looked at once more where the parser took for a part of a word what ends one', () => {
    expect(readWord({ text: 'a;b', value: 'a;b' } as Parameters<typeof readWord>[0])).toMatchObject({
      problem: 'a character that is not expected outside of quotes',
    });
  });
});
