import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CacheInvalidated } from '#bus';
import { CommandError, type Sandbox } from '#contracts';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { containerOptions } from '../../src/sandbox/container/container-options.js';
import { finished, sandboxesAt, type SandboxesUnderTest, termsOf } from '../support/sandbox/index.js';

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 20_000;
const POLL_MS = 50;
const GB = 1024 ** 3;

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + WAIT_LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('Waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Names of the programs that run in a sandbox, but for the keeper and who asks. */
async function programs(sandbox: Sandbox): Promise<readonly string[]> {
  const { stdout } = await finished(sandbox, ['ps', '-o', 'pid,args']);
  const lines = stdout.split('\n').slice(1).filter(Boolean);
  return lines.map((line) => line.trim()).filter((line) => !/^1 |^\d+ (cat$|ps )/.test(line));
}

/** Whether an engine may itself do too little to set limits of a process. */
function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (/rlimit/.test(String(error))) return true;
    throw error;
  }
}

describeWithEngine('a sandbox', () => {
  let podman: TestPodman;
  let under: SandboxesUnderTest;
  const signal = new AbortController().signal;
  const sh = (sandbox: Sandbox, script: string, options = {}) =>
    finished(sandbox, ['sh', '-c', script], options);

  beforeAll(async () => {
    podman = await startPodman();
    under = await sandboxesAt(podman.dockerHost, SANDBOX_IMAGE);
  });
  afterAll(async () => {
    await under[Symbol.asyncDispose]();
    await podman[Symbol.asyncDispose]();
  });

  it('runs a command with its input, keeps its streams apart, and tells its exit code', async () => {
    const sandbox = await under.open();
    expect(await sh(sandbox, 'cat; echo out; echo err >&2; exit 3', { input: 'in ' })).toEqual({
      exitCode: 3,
      stdout: 'in out\n',
      stderr: 'err\n',
    });
  });

  it('gives a command its variables and directory, and nothing of the gateway', async () => {
    const sandbox = await under.open({ env: { ONE: '1' } });
    const { stdout } = await finished(sandbox, ['sh', '-c', 'pwd; env'], { env: { TWO: '2' }, cwd: '/tmp' });
    expect(stdout).toMatch(/^\/tmp\n/);
    expect(stdout).toContain('ONE=1');
    expect(stdout).toContain('TWO=2');
    expect(stdout).not.toContain('GOCLAW_DATA_DIR');
  });

  it('has no privilege, no network, a read-only root, and limits', async () => {
    const sandbox = await under.open();
    const { stdout } = await sh(
      sandbox,
      'grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; ls /sys/class/net; touch /x; ulimit -c; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max',
    );
    expect(stdout).toMatch(/CapEff:\s+0000000000000000/);
    expect(stdout).toMatch(/CapBnd:\s+0000000000000000/);
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).toMatch(/^lo$/m);
    expect(stdout).not.toMatch(/^eth/m);
    expect(stdout).toMatch(/^256$/m);
    expect((await sh(sandbox, 'touch /x')).stderr).toContain('Read-only file system');
  });

  it('sees its workspace as its access says', async () => {
    const workspace = join(under.workspace, 'seen');
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'mine.txt'), 'mine');
    const [rw, ro, none] = await Promise.all(
      (['rw', 'ro', 'none'] as const).map((workspaceAccess) =>
        under.open({ workspaceAccess }, {}, workspace),
      ),
    );
    if (!rw || !ro || !none) throw new Error('No sandbox.');
    expect((await sh(rw, 'cat mine.txt; echo more >> mine.txt; echo new > new.txt')).stdout).toBe('mine');
    expect(readFileSync(join(workspace, 'mine.txt'), 'utf8')).toBe('minemore\n');
    expect(statSync(join(workspace, 'new.txt')).uid).toBe(process.getuid?.());
    expect((await sh(ro, 'cat new.txt; echo x > new.txt')).stderr).toContain('Read-only file system');
    expect((await sh(none, 'ls; echo x > x; cat x')).stdout).toBe('x\n');
  });

  it('leaves nothing of a command that ended, whatever it did to stay', async () => {
    const sandbox = await under.open();
    await sh(
      sandbox,
      '(setsid sleep 1001 >/dev/null 2>&1 &) ; nohup sleep 1002 >/dev/null 2>&1 & env -i setsid sleep 1003 & sleep 1004 & exit 0',
    );
    expect(await programs(sandbox)).toEqual([]);
  });

  it('leaves open commands alone when one ends, and nothing of what that one hid', async () => {
    const sandbox = await under.open({}, { sessionKey: 'several' });
    let said = '';
    const long = await sandbox.start({
      argv: ['sh', '-c', 'sleep 2001 & (setsid sleep 2002 &); echo up; cat; echo done'],
      signal,
      onOutput: (_, chunk) => (said += Buffer.from(chunk).toString()),
    });
    await until(() => said === 'up\n');
    await sh(sandbox, '(env -i setsid sleep 2003 &); (setsid sleep 2004 &); sleep 2005 &');
    const left = (await programs(sandbox)).join('\n');
    expect(left).toContain('sleep 2001');
    expect(left).toContain('sleep 2002');
    expect(left).not.toMatch(/sleep 200[345]/);
    await long.write('input\n');
    long.endInput();
    expect(await long.ended).toEqual({ exitCode: 0 });
    expect(said).toBe('up\ninput\ndone\n');
    expect(await programs(sandbox)).toEqual([]);
    await expect(long.write('late')).rejects.toThrow(/no more input/);
  });

  it('kills a command with everything it started when it is aborted', async () => {
    const sandbox = await under.open({}, { sessionKey: 'aborted' });
    const abort = new AbortController();
    const end = sh(sandbox, 'sleep 3001 & setsid sleep 3002 & echo up; wait', {
      signal: abort.signal,
      onOutput: () => abort.abort(),
    });
    expect(await end).toMatchObject({ signal: 'SIGKILL', stdout: 'up\n' });
    expect(await programs(sandbox)).toEqual([]);
    expect((await sh(sandbox, 'echo still here')).stdout).toBe('still here\n');
  });

  it('ends a command that takes longer than its terms allow, and says so', async () => {
    const sandbox = await under.open({ timeoutMs: 500 }, { sessionKey: 'slow' });
    const end = await sh(sandbox, 'echo begun; sleep 100');
    expect(end).toMatchObject({
      stdout: 'begun\n',
      reason: expect.stringContaining('longer than the 0.5 s'),
    });
    expect(await programs(sandbox)).toEqual([]);
  });

  it('survives a fork bomb', async () => {
    const open = (): Promise<Sandbox> => under.open({}, { sessionKey: 'bomb' });
    const abort = new AbortController();
    const end = await sh(await open(), 'bomb() { bomb | bomb & }; bomb & echo lit; exec sleep 100', {
      signal: abort.signal,
      // Until no further process is allowed.
      onOutput: (text: string) => {
        if (text.includes("can't fork")) abort.abort();
      },
    });
    expect(end).toMatchObject({ signal: 'SIGKILL', stdout: 'lit\n' });
    const again = await open();
    expect(await programs(again)).toEqual([]);
    expect((await sh(again, 'echo still here')).stdout).toBe('still here\n');
  });

  it('ends a command that uses too much memory, and says so', async () => {
    const sandbox = await under.open({}, { sessionKey: 'memory' });
    const end = await finished(sandbox, ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=400M', 'count=1']);
    expect(end).toMatchObject({ exitCode: 137, reason: expect.stringContaining('memory') });
  });

  it('has a bound for what is written to its temporary directories', async () => {
    const sandbox = await under.open({}, { sessionKey: 'temporary' });
    const { stderr } = await sh(sandbox, 'dd if=/dev/zero of=/tmp/fill bs=1M count=100');
    expect(stderr).toContain('No space left on device');
  });

  it('has limits of each process that an engine takes as they are sent: of files, what is open, and core dumps', ({
    skip,
  }) => {
    const { HostConfig } = containerOptions({
      terms: termsOf(SANDBOX_IMAGE),
      key: 'key',
      workspaceRoot: '/',
    });
    // This engine raises those that are not named, which a machine inside of another one may not.
    const limits = [...(HostConfig?.Ulimits ?? []), { Name: 'nproc', Soft: 1024, Hard: 1024 }];
    const flags = limits.flatMap(({ Name, Soft, Hard }) => ['--ulimit', `${Name}=${Soft}:${Hard}`]);
    const write = (at: number): string =>
      `dd if=/dev/zero of=/tmp/x bs=1 seek=${at} count=1 2>&1; echo "exit $?"`;
    const script = `ulimit -c; ulimit -n; ${write(2 * GB - 1)}; ${write(2 * GB)}`;
    const run = (...command: string[]): string =>
      podman.podman('run', '--rm', '--network', 'none', ...flags, SANDBOX_IMAGE, ...command);
    skip(
      isRefused(() => run('true')),
      'the machine may not give a process limits of its own',
    );
    const said = run('sh', '-c', script);
    const numbers = said.split('\n').filter((line) => /^(exit )?\d+$/.test(line));
    expect(numbers).toEqual(['0', '4096', 'exit 0', 'exit 153']);
  });

  it('takes output without end more slowly, once nobody will read it any more', async () => {
    const sandbox = await under.open({ maxOutputBytes: 100_000 }, { sessionKey: 'output' });
    let bytes = 0;
    const before = process.memoryUsage().rss;
    const abort = new AbortController();
    const from = performance.now();
    const onOutput = (_: string, chunk: Uint8Array): void => {
      bytes += chunk.length;
      if (bytes > 40_000_000) abort.abort();
    };
    const command = await sandbox.start({ argv: ['yes'], signal: abort.signal, onOutput });
    expect(await command.ended).toEqual({ signal: 'SIGKILL' });
    expect(bytes / (performance.now() - from)).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('is shared as its scope says, and never by two users', async () => {
    const id = async (...args: Parameters<SandboxesUnderTest['open']>): Promise<string> =>
      (await under.open(...args)).id;
    const mine = await id({ scope: 'agent' }, { userId: 'u1' });
    expect(await id({ scope: 'agent' }, { userId: 'u1', sessionKey: 'other' })).toBe(mine);
    expect(await id({ scope: 'agent' }, { userId: 'u2' })).not.toBe(mine);
    expect(await id({ scope: 'agent' }, { userId: 'u1', agentId: 'other' })).not.toBe(mine);
    expect(await id({ scope: 'session' }, { userId: 'u1' })).not.toBe(mine);
  });

  it('is another one when its directory was removed and made anew', async () => {
    const workspace = join(under.workspace, 'renewed');
    const first = await under.open({}, {}, workspace);
    rmSync(workspace, { recursive: true });
    const second = await under.open({}, {}, workspace);
    expect(second.id).not.toBe(first.id);
    await sh(second, 'echo text > file');
    expect(readFileSync(join(workspace, 'file'), 'utf8')).toBe('text\n');
  });

  it('goes when its user is erased, and those of others stay', async () => {
    const [his, other] = [
      await under.open({}, { userId: 'erased' }),
      await under.open({}, { userId: 'kept' }),
    ];
    await under.sandboxes.handle(new CacheInvalidated('sandboxes', 'erased'));
    expect(podman.containers()).not.toContain(his.id);
    expect(podman.containers()).toContain(other.id);
  });

  it('is made once for calls at one time', async () => {
    const before = podman.containers().length;
    const all = await Promise.all(Array.from({ length: 10 }, () => under.open({}, { userId: 'crowd' })));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(podman.containers()).toHaveLength(before + 1);
  });

  it('is removed when nobody used it for so long, and the next call makes another one', async () => {
    const terms = { idleMs: 1, pruneIntervalMs: 100 };
    const first = await under.open(terms, { userId: 'idle' });
    await until(() => !podman.containers().includes(first.id));
    expect((await under.open(terms, { userId: 'idle' })).id).not.toBe(first.id);
  });

  it('stays while a command is open, however old it is', async () => {
    const sandbox = await under.open({ idleMs: 1, maxAgeMs: 1, pruneIntervalMs: 20 }, { userId: 'busy' });
    expect(await sh(sandbox, 'sleep 1; echo done')).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  });

  it('is set up once, and says why when that fails', async () => {
    const sandbox = await under.open({ setupCommand: 'echo ready > /tmp/ready' }, { userId: 'set-up' });
    expect((await sh(sandbox, 'cat /tmp/ready')).stdout).toBe('ready\n');
    const bad = under.open({ setupCommand: 'echo no such mirror >&2; exit 4' }, { userId: 'set-up' });
    await expect(bad).rejects.toThrow(/setup_command ended with code 4 \(no such mirror\)/);
  });

  it('that is removed under a command is told to the model, and comes again', async () => {
    const sandbox = await under.open({}, { userId: 'removed' });
    const end = sh(sandbox, 'sleep 100', {
      onStart: () => void podman.podman('rm', '--force', '--time', '0', sandbox.id),
    });
    expect(await end).toMatchObject({ signal: 'SIGKILL', reason: expect.stringContaining('Try again') });
    await until(async () => (await under.open({}, { userId: 'removed' })).id !== sandbox.id);
  });

  it('ends with the gateway’s module', async () => {
    const before = podman.containers();
    const gateway = await sandboxesAt(podman.dockerHost, SANDBOX_IMAGE);
    const sandbox = await gateway.open();
    expect(podman.containers()).toContain(sandbox.id);
    await gateway[Symbol.asyncDispose]();
    expect(podman.containers().toSorted()).toEqual(before.toSorted());
  });

  it('is unavailable, with the remedy, when its image or the engine is not there', async () => {
    await expect(under.open({ image: 'no-such:image' })).rejects.toThrow(
      /docker build -f Dockerfile.sandbox/,
    );
    await using nowhere = await sandboxesAt('unix:///nowhere.sock', SANDBOX_IMAGE);
    await expect(nowhere.open()).rejects.toThrow(CommandError);
  });

  it('whose engine dies ends its commands with the reason, and comes back with the engine', async () => {
    const sandbox = await under.open({}, { userId: 'engine' });
    const end = sh(sandbox, 'sleep 100', { onStart: () => void podman.kill() });
    expect(await end).toMatchObject({ signal: 'SIGKILL', reason: expect.stringContaining('Try again') });
    await until(() =>
      under.open({}, { userId: 'engine' }).then(
        () => false,
        (error: unknown) => error instanceof CommandError,
      ),
    );
    await podman.restart();
    expect((await sh(await under.open({}, { userId: 'engine' }), 'echo back')).stdout).toBe('back\n');
  });
});
