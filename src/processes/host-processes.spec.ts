import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { HostProcesses } from './host-processes.js';
import { MARK_VARIABLE, markOf, ownMark, ownerOf } from './process-mark.js';
import { parseStat } from './process-stat.js';

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function marked(mark: string) {
  const child = spawn('sleep', ['600'], { env: { ...process.env, [MARK_VARIABLE]: mark }, stdio: 'ignore' });
  started.push(child);
  return child;
}

describe('commands of a gateway that was killed', () => {
  it('are ended by the next start; those of a gateway that runs go on', async () => {
    const own = ownMark();
    if (!own) throw new Error('this test needs /proc');
    const orphan = marked(markOf({ ...own, startedAt: own.startedAt - 1 }, 'a'));
    const elsewhere = marked(markOf({ ...own, namespace: '1', startedAt: 1 }, 'b'));
    const alive = marked(markOf(own, 'c'));
    await Promise.all([orphan, elsewhere, alive].map((child) => once(child, 'spawn')));
    const ended = once(orphan, 'exit');
    const processes = new HostProcesses(new SystemClock());
    await processes.onModuleInit();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect([elsewhere.exitCode, elsewhere.signalCode, alive.exitCode, alive.signalCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    await processes.onApplicationShutdown();
  });
});

describe('the process table', () => {
  it('is read whatever a program calls itself', () => {
    const line = '42 (a) S 1 (b) R 7 41 40 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 1000 77 0';
    expect(parseStat(line)).toEqual({
      pid: 42,
      parent: 7,
      group: 41,
      session: 40,
      startedAt: 900,
      memoryPages: 77,
      isZombie: false,
    });
    expect(parseStat('')).toBeUndefined();
  });

  it('knows an owner by his mark, and takes nothing else for one', () => {
    const owner = { namespace: '4026531836', pid: 7, startedAt: 99 };
    expect(ownerOf(markOf(owner, 'some-id'))).toEqual(owner);
    expect(ownerOf('anything')).toBeUndefined();
  });
});
