import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.js';

const DEAD = { pid: 2 ** 22 + 1, host: hostname(), started: '1' };
const LOADER = new URL('../../../test/support/run-typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('./lock-starter.fixture.ts', import.meta.url));
const STARTERS = 4;
const ROUNDS = 4;

describe('the lock of a data directory', () => {
  let directory: string;
  let file: string;
  let unlock: (() => void) | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'goclaw-lock-'));
    file = join(directory, 'gateway.lock');
  });
  afterEach(() => {
    unlock?.();
    unlock = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  it('is held by one, names its holder to the next, and is gone when it is given up', () => {
    const first = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({
        reason: 'in-use',
        message: expect.stringMatching(new RegExp(`process ${process.pid} .*Stop that gateway first`)),
      }),
    );
    first();
    expect(existsSync(file)).toBe(false);
    unlock = lockDirectory(directory);
  });

  it.each([
    ['a dead process', JSON.stringify(DEAD)],
    ['a process whose id another one has now', JSON.stringify({ ...DEAD, pid: process.pid })],
  ])('is taken over from %s', (_what, content) => {
    writeFileSync(file, content);
    unlock = lockDirectory(directory);
    expect(readFileSync(file, 'utf8')).toContain(`"pid":${process.pid},`);
    expect(readdirSync(directory)).toEqual(['gateway.lock']);
  });

  it.each([
    ['another host', JSON.stringify({ ...DEAD, host: 'elsewhere' }), 30_000],
    ['somebody who did not finish writing it', '', 2_000],
  ])('of %s is taken over once it is old', (_what, content, staleMs) => {
    writeFileSync(file, content);
    expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ reason: 'in-use' }));
    const old = new Date(Date.now() - staleMs - 1_000);
    utimesSync(file, old, old);
    unlock = lockDirectory(directory);
  });

  it('keeps nobody from a copy of the directory, but from the same directory at another path', () => {
    unlock = lockDirectory(directory);
    const copy = mkdtempSync(join(tmpdir(), 'goclaw-lock-copy-'));
    const link = join(copy, 'link');
    symlinkSync(directory, link);
    cpSync(file, join(copy, 'gateway.lock'));
    const unlockCopy = lockDirectory(copy);
    expect(() => lockDirectory(link)).toThrow(expect.objectContaining({ reason: 'in-use' }));
    unlockCopy();
    rmSync(copy, { recursive: true, force: true });
  });

  it('that somebody else has taken meanwhile is not removed when it is given up', () => {
    const own = lockDirectory(directory);
    writeFileSync(file, JSON.stringify({ ...DEAD, host: 'elsewhere' }));
    own();
    expect(existsSync(file)).toBe(true);
  });

  it('is taken by exactly one of several starters that race for a dead one', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(file, JSON.stringify(DEAD));
      const starters = Array.from({ length: STARTERS }, () => startStarter(file));
      const answers = await race(starters);
      expect(answers.toSorted()).toEqual([...Array<string>(STARTERS - 1).fill('held'), 'taken']);
    }
  });
});

interface Starter {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

function startStarter(file: string): Starter {
  const child = spawn(process.execPath, ['--import', LOADER, PROGRAM, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, lines };
}

/** All of them claim the file at the same moment and hold it until all have answered. */
async function race(starters: readonly Starter[]): Promise<string[]> {
  await Promise.all(starters.map(({ lines }) => lines.next()));
  for (const { child } of starters) child.stdin?.write('go\n');
  const answers = await Promise.all(starters.map(async ({ lines }) => String((await lines.next()).value)));
  const exited = starters.map(({ child }) => once(child, 'exit'));
  for (const { child } of starters) child.stdin?.end();
  await Promise.all(exited);
  return answers;
}
