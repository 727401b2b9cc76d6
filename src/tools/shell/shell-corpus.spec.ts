import { describe, expect, it } from 'vitest';
import { CORPUS, LISTED } from './corpus.fixture.js';
import { denialOf } from './deny-rules.js';
import { readShell } from './parse-command.js';

const casesOf = (by: string) =>
  CORPUS.filter((one) => one.by === by).map((one) => [JSON.stringify(one.command), one] as const);

describe('shell corpus', () => {
  it('has cases for every defence', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(300);
    expect(new Set(CORPUS.map(({ command }) => command)).size).toBe(CORPUS.length);
  });

  it.each(casesOf('deny'))('denies %s by its rule', async (_, one) => {
    const reading = await readShell(one.command);
    expect(denialOf(one.command, reading)).toMatchObject({ rule: 'rule' in one ? one.rule : '' });
  });

  it.each(casesOf('opaque'))('asks for %s, which is not certain', async (_, { command }) => {
    const reading = await readShell(command);
    expect(reading).toMatchObject({ opaque: true, problem: expect.stringMatching(/./) });
    expect(denialOf(command, reading)).toBeUndefined();
  });

  it.each(casesOf('unlisted'))('asks for %s, because a part of it is on no list', async (_, one) => {
    const reading = await readShell(one.command);
    expect(reading).toMatchObject({ opaque: false });
    expect(denialOf(one.command, reading)).toBeUndefined();
    const missing = reading.entries.filter(({ plain, program }) => !plain || !LISTED.has(program));
    expect(missing.map(({ text }) => text)).toContain('entry' in one ? one.entry : '');
  });

  it.each(casesOf('none'))('lets %s run, for all of it is listed', async (_, { command }) => {
    const reading = await readShell(command);
    expect(reading).toMatchObject({ opaque: false });
    expect(reading.entries.filter(({ plain, program }) => !plain || !LISTED.has(program))).toEqual([]);
    expect(denialOf(command, reading)).toBeUndefined();
  });
});
