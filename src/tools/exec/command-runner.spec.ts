import { Logger } from '@nestjs/common';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../../test/support/tools.js';
import { type ExecWorld, execWorld, type ExecWorldOptions, processesWith } from './exec-world.fixture.js';
import { HOST_COMMANDS_MAX_PER_USER } from './exec.limits.js';

const worlds: ExecWorld[] = [];

async function worldOf(options: ExecWorldOptions = {}): Promise<ExecWorld> {
  const world = await execWorld(options);
  worlds.push(world);
  return world;
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** A number that no other process of the machine has in its command line. */
let lastNumber = 7_000_000 + Math.floor(Math.random() * 900_000);
function uniqueSeconds(): string {
  lastNumber += 1;
  return String(lastNumber);
}

async function untilGone(seconds: string): Promise<void> {
  await expect.poll(() => processesWith(`sleep ${seconds}`)).toEqual([]);
}

describe('a command on the host', () => {
  let world: ExecWorld;
  beforeAll(async () => {
    world = await execWorld();
  });
  afterAll(() => world.close());

  it('gives what it printed on both streams', async () => {
    expect(await world.run('echo hello; echo there >&2')).toEqual({
      text: 'hello\nSTDERR:\nthere',
      isError: false,
    });
  });

  it('that fails is an error with its output and its exit code', async () => {
    expect(await world.run('echo partly; exit 3')).toEqual({ text: 'partly\n\nExit code: 3', isError: true });
  });

  it('that prints nothing says so', async () => {
    expect(await world.run('true')).toEqual({ text: '(the command printed nothing)', isError: false });
  });

  it('shows what it prints before it has ended', async () => {
    const shown: string[] = [];
    const running = world.run('echo first; while [ ! -f go ]; do sleep 0.05; done; echo second', {
      show: (text) => shown.push(text),
    });
    await expect.poll(() => shown.join('')).toBe('first\n');
    await writeFile(join(world.workspace.root, 'go'), '');
    expect(await running).toEqual({ text: 'first\nsecond', isError: false });
  });

  it('reads the end of its input at once', async () => {
    expect(await world.run('cat; echo done')).toEqual({ text: 'done', isError: false });
  });

  it('gets the input that a tool has for it', async () => {
    const request = { tool: 'custom', command: 'tr a-z A-Z', timeoutMs: 5_000, stdin: 'loud' };
    expect(await world.runner.run(request, world.contextOf())).toMatchObject({ content: [{ text: 'LOUD' }] });
  });

  it('has nothing of the gateway in its environment, and the workspace as its home', async () => {
    vi.stubEnv('GOCLAW_CANARY', 'canary-1').stubEnv('OPENAI_API_KEY', 'canary-2');
    const { text } = await world.run('env; echo "HOME is $HOME"');
    vi.unstubAllEnvs();
    expect(text).not.toContain('canary');
    expect(text).toContain(`HOME is ${await world.realRoot()}`);
    expect(text.split('\n').filter((line) => line.startsWith('GOCLAW_')).length).toBe(1);
  });

  it('leaves out colours and what a terminal would act on, and bytes that are no text', async () => {
    expect(await world.run(String.raw`printf '\033[31mred\033[0m \007\033]0;title\007ok\r\n'`)).toEqual({
      text: 'red ok',
      isError: false,
    });
    const { text } = await world.run('head -c 200000 /dev/zero');
    expect(text).toBe('[binary output, 200000 bytes in all: write it to a file instead]');
  });

  it('that prints much gives the beginning and the end of it', async () => {
    const { text } = await world.run('seq 1 1000000');
    expect(text.length).toBeLessThan(50_000);
    expect(text).toMatch(/^1\n2\n3\n/);
    expect(text).toMatch(/\d+ characters left out here/);
    expect(text.endsWith('\n999999\n1000000')).toBe(true);
  });

  it('leaves no core files, and cannot read from a terminal', async () => {
    expect(await world.run('ulimit -c; tty')).toEqual({
      text: '0\nnot a tty\n\nExit code: 1',
      isError: true,
    });
  });
});

describe('a command on the host', () => {
  it('is in a session of its own, away from the terminal and the signals of the gateway', async () => {
    const world = await worldOf();
    const { text } = await world.run('cut -d " " -f 1,6 /proc/$$/stat');
    const [pid, session] = text.split(' ');
    expect([pid, session]).toEqual([expect.stringMatching(/^\d+$/), pid]);
  });
});

describe('a command that does not end', () => {
  it('is ended at its limit, with its output so far', async () => {
    const world = await worldOf();
    const seconds = uniqueSeconds();
    const result = await world.exec({ command: `echo begun; sleep ${seconds}`, timeout_sec: 1 });
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(/^begun\n\ncommand timed out after 1s/);
    await untilGone(seconds);
  });

  it('gets no more time than the configuration allows', async () => {
    const world = await worldOf({ exec: { timeout_max_sec: 1 } });
    expect((await world.exec({ command: 'sleep 600', timeout_sec: 600 })).text).toContain(
      'timed out after 1s',
    );
  });

  it.each([
    ['its child', 'sleep N'],
    ['a child in the background', 'sleep N & wait'],
    ['one that ignores signals', `trap '' TERM INT HUP; sleep N; sleep N`],
    ['one that left the group', 'setsid sleep N & wait; sleep 30'],
    ['one whose parent is gone', '(setsid sleep N &) ; sleep 30'],
    ['one that nobody hangs up on', 'nohup sleep N >/dev/null 2>&1 & sleep 30'],
    ['one that left twice', `setsid sh -c '(setsid sleep N &)' ; sleep 30`],
    ['one that closed everything', '(setsid sleep N </dev/null >/dev/null 2>&1 &) ; sleep 30'],
  ])('takes %s along when the run is aborted', async (_, command) => {
    const world = await worldOf();
    const seconds = uniqueSeconds();
    const stop = new AbortController();
    const running = world.run(command.replaceAll('N', seconds), { signal: stop.signal });
    await expect.poll(() => processesWith(`sleep ${seconds}`).length).toBeGreaterThan(0);
    stop.abort();
    expect((await running).text).toContain('ended because the call was stopped');
    expect(processesWith(`sleep ${seconds}`)).toEqual([]);
  });

  it('takes one along that cleared its environment and left, once it was seen', async () => {
    const world = await worldOf();
    const seconds = uniqueSeconds();
    const stop = new AbortController();
    const running = world.run(`env -i setsid sh -c 'sleep 1; exec sleep ${seconds}' & sleep 60`, {
      signal: stop.signal,
    });
    await expect.poll(() => processesWith(`sleep ${seconds}`)).toHaveLength(1);
    stop.abort();
    await running;
    await untilGone(seconds);
  });

  it('leaves nothing behind when it ends by itself, and says so', async () => {
    const world = await worldOf();
    const seconds = uniqueSeconds();
    const result = await world.run(`(setsid sleep ${seconds} &); echo done`);
    expect(result.text).toMatch(/^done\n\nA process that it left running was ended with it/);
    expect(result.isError).toBe(false);
    expect(processesWith(`sleep ${seconds}`)).toEqual([]);
  });
});

describe('a command that takes too much', () => {
  it('prints without end: the gateway goes on meanwhile', async () => {
    const world = await worldOf();
    let longest = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const { text } = await world.exec({ command: 'yes', timeout_sec: 2 });
    clearInterval(beat);
    expect(text).toContain('timed out after 2s');
    expect(text.length).toBeLessThan(50_000);
    expect(longest).toBeLessThan(500);
  });

  it('starts without end: it is ended at the number of processes', async () => {
    const world = await worldOf({ exec: { processes_max: 40 } });
    const seconds = uniqueSeconds();
    await mkdir(world.workspace.root, { recursive: true });
    await writeFile(
      join(world.workspace.root, 'bomb.sh'),
      `while :; do sleep ${seconds} & sleep 0.002; done\n`,
    );
    const { text, isError } = await world.exec({ command: 'sh bomb.sh', timeout_sec: 30 });
    expect(isError).toBe(true);
    expect(text).toContain('It was ended because it had more than 40 processes');
    await untilGone(seconds);
  });

  it('writes without end: it is ended at the size of a file', async () => {
    const world = await worldOf({ exec: { file_max_mb: 1 } });
    const { text, isError } = await world.run('yes > big');
    expect(isError).toBe(true);
    expect(text).toContain('tools.exec.file_max_mb');
    expect((await stat(join(world.workspace.root, 'big'))).size).toBe(1024 * 1024);
  });

  it('takes memory without end: it is ended at its limit', async () => {
    const world = await worldOf({ exec: { memory_max_mb: 64 } });
    const { text } = await world.exec({
      command: 'head -c 300000000 /dev/zero | tail -c 300000000 | sleep 60',
      timeout_sec: 30,
    });
    expect(text).toContain('more than 64 MB of memory');
  });
});

describe('what decides whether a command is started', () => {
  it('is not the model: denied commands never reach an approval', async () => {
    const world = await worldOf();
    const { text, isError } = await world.run('rm -rf /');
    expect(isError).toBe(true);
    expect(text).toContain('Command denied');
    expect(world.asked).toEqual([]);
  });

  it('is the approval: refused, it is not run, and the reason reaches the model', async () => {
    const world = await worldOf({ approve: () => ({ allowed: false, message: 'nobody wants it' }) });
    expect(await world.run('touch made')).toEqual({ text: 'nobody wants it', isError: true });
    await expect(stat(join(world.workspace.root, 'made'))).rejects.toThrow('ENOENT');
  });

  it('is the approval, which is used once: taken before, the command is not run again', async () => {
    const world = await worldOf({
      approve: () => ({ allowed: true, approvalId: 'a-1' }),
      started: (id) => Promise.resolve(id !== 'a-1'),
    });
    const { text } = await world.run('touch made');
    expect(text).toContain('may have been started before');
    await expect(stat(join(world.workspace.root, 'made'))).rejects.toThrow('ENOENT');
  });

  it('waits for the approval without using up the time of the command', async () => {
    const approval = Promise.withResolvers<{ allowed: true }>();
    const world = await worldOf({ approve: () => approval.promise });
    const running = world.exec({ command: 'echo ran', timeout_sec: 1 });
    await expect.poll(() => world.asked).toHaveLength(1);
    setTimeout(() => approval.resolve({ allowed: true }), 1_200);
    expect(await running).toEqual({ text: 'ran', isError: false });
  });

  it('is what holds when it starts: a host that was closed, or a call that was stopped while it waited, runs nothing', async () => {
    const closed = await worldOf({
      approve: () => {
        closed.reconfigure({ host: false });
        return { allowed: true };
      },
    });
    expect((await closed.run('touch made')).text).toContain('commands on the host are switched off');
    const stop = new AbortController();
    const started: string[] = [];
    const stopped = await worldOf({
      approve: () => {
        stop.abort();
        return { allowed: true, approvalId: 'a-2' };
      },
      started: (id) => Promise.resolve(started.push(id) > 0),
    });
    const { text } = await stopped.run('touch made', { signal: stop.signal });
    expect([text, started]).toEqual(['The command was not started: the call was stopped before.', []]);
    for (const { workspace } of [closed, stopped])
      await expect(stat(join(workspace.root, 'made'))).rejects.toThrow('ENOENT');
  });

  it('asks with the parsed command and its directory; a program of the directory is then another one', async () => {
    const world = await worldOf();
    await mkdir(join(world.workspace.root, 'sub'), { recursive: true });
    await world.exec({ command: 'ls | wc -l', working_dir: 'sub' });
    await world.exec({ command: './run.sh', working_dir: 'sub' });
    expect(world.asked).toMatchObject([
      { tool: 'exec', cwd: 'sub', parsed: { opaque: false, entries: [{ text: 'ls' }, { text: 'wc -l' }] } },
      { parsed: { opaque: true } },
    ]);
  });

  it('is the mode: without a sandbox, managed gateways run nothing on the host unless told to', async () => {
    const managed = await worldOf({ mode: 'managed' });
    expect((await managed.run('echo hi')).text).toMatch(/no sandbox.*tools\.exec\.host/);
    expect(managed.asked).toEqual([]);
    const told = await worldOf({ mode: 'managed', exec: { host: true } });
    expect(await told.run('echo hi')).toEqual({ text: 'hi', isError: false });
    const off = await worldOf({ exec: { host: false } });
    expect((await off.run('echo hi')).isError).toBe(true);
  });

  it.each([
    ['', /is empty/],
    ['  \n', /is empty/],
    ['echo \0', /NUL/],
    [`echo ${'x'.repeat(40_000)}`, /longer than 32768.*write_file/],
  ])('refuses %j with what to do', async (command, problem) => {
    const world = await worldOf();
    const { text, isError } = await world.run(command);
    expect(isError).toBe(true);
    expect(text).toMatch(problem);
  });
});

describe('the directory of a command', () => {
  it('is the workspace, or one in it', async () => {
    const world = await worldOf();
    await mkdir(join(world.workspace.root, 'a/b'), { recursive: true });
    const root = await world.realRoot();
    expect((await world.run('pwd')).text).toBe(root);
    expect((await world.exec({ command: 'pwd', working_dir: 'a/b' })).text).toBe(join(root, 'a/b'));
    expect((await world.exec({ command: 'pwd', working_dir: '/workspace/a' })).text).toBe(join(root, 'a'));
  });

  it('is never outside of a workspace that confines, by no name for it', async () => {
    const world = await worldOf();
    await mkdir(world.workspace.root, { recursive: true });
    await mkdir(join(world.outside, 'ws-other'));
    await symlink('/', join(world.workspace.root, 'link'));
    for (const working_dir of [
      '..',
      '/',
      '/etc',
      'link',
      'link/etc',
      '../ws-other',
      join(world.outside, 'ws-other'),
      '/workspace/..',
    ]) {
      const { text, isError } = await world.exec({ command: 'touch made', working_dir });
      expect(text, working_dir).toContain('access denied');
      expect(isError).toBe(true);
    }
  });

  it('that is missing, or a file, is an error that says so', async () => {
    const world = await worldOf();
    await mkdir(world.workspace.root, { recursive: true });
    await writeFile(join(world.workspace.root, 'file'), '');
    expect((await world.exec({ command: 'pwd', working_dir: 'none' })).text).toContain(
      'There is no directory "none"',
    );
    expect((await world.exec({ command: 'pwd', working_dir: 'file' })).text).toContain(
      'There is no directory "file"',
    );
    expect((await world.exec({ command: 'pwd', working_dir: 'a\0b' })).isError).toBe(true);
  });

  it('may be anywhere for a workspace that does not confine', async () => {
    const world = await worldOf();
    const context = { workspace: { ...world.workspace, restrict: false } };
    expect((await world.exec({ command: 'pwd', working_dir: '/' }, context)).text).toBe('/');
  });
});

describe('many commands', () => {
  it('that cannot be started hold no place that another one waits for', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const world = await worldOf();
    const command = {
      tool: 'exec',
      command: 'true',
      timeoutMs: 5_000,
      env: { A: 'no variable may hold this: \0' },
    };
    for (let count = 0; count <= HOST_COMMANDS_MAX_PER_USER; count++)
      expect(textOf(await world.runner.run(command, world.contextOf()))).toContain('could not be started');
    logged.mockRestore();
    expect(await world.run('echo hi')).toEqual({ text: 'hi', isError: false });
  });

  it('of many users run a number at a time, each with its own output', { timeout: 30_000 }, async () => {
    const world = await worldOf();
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, index) => world.run(`echo ${index} >> order; echo ${index}`)),
    );
    expect(results.map(({ text }) => text)).toEqual(results.map((_, index) => String(index)));
    expect((await readFile(join(world.workspace.root, 'order'), 'utf8')).split('\n')).toHaveLength(61);
  });
});
