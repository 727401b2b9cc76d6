import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandError, type RunningCommand, type Sandbox } from '#contracts';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { finished, sandboxesAt, type SandboxesUnderTest } from '../support/sandbox/index.js';

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 20_000;
const POLL_MS = 50;

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

describeWithEngine('a sandbox', () => {
  let podman: TestPodman;
  let under: SandboxesUnderTest;
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

  it('leaves other commands alone when one of them ends, and nothing of what hid itself', async () => {
    const sandbox = await under.open({}, { sessionKey: 'several' });
    let going: RunningCommand | undefined;
    const long = sh(sandbox, 'sleep 2001 & (sleep 2002 &); echo going; cat >/dev/null; echo done', {
      onStart: (command: RunningCommand) => (going = command),
      input: undefined,
    });
    void long;
    await until(async () => (await programs(sandbox)).some((line) => line.includes('sleep 2002')));
    expect(going).toBeDefined();
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

  it('survives a fork bomb', async () => {
    const sandbox = await under.open({}, { sessionKey: 'bomb' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1_500);
    const end = await sh(sandbox, 'bomb() { bomb | bomb & }; bomb; sleep 100', { signal: abort.signal });
    expect(end.signal ?? 'ended').toBeDefined();
    const again = await under.open({}, { sessionKey: 'bomb' });
    expect((await sh(again, 'echo still here')).stdout).toBe('still here\n');
    expect(await programs(again)).toEqual([]);
  });

  it('ends a command that uses too much memory, and says so', async () => {
    const sandbox = await under.open({}, { sessionKey: 'memory' });
    const end = await sh(sandbox, 'dd if=/dev/zero of=/dev/null bs=400M count=1; echo $?');
    expect(end.stdout).toContain('137');
  });

  it('takes gigabytes of output without keeping them or a core', async () => {
    const sandbox = await under.open({}, { sessionKey: 'output' });
    const abort = new AbortController();
    let bytes = 0;
    const before = process.cpuUsage();
    const t0 = performance.now();
    const command = await sandbox.start({
      argv: ['yes'],
      signal: abort.signal,
      onOutput: (_, chunk) => {
        bytes += chunk.length;
        if (bytes > 20e6) abort.abort();
      },
    });
    await command.ended;
    const used = process.cpuUsage(before);
    console.log(bytes, performance.now() - t0, used);
  });

  it('is unavailable, with the remedy, when its image or the engine is not there', async () => {
    await expect(under.open({ image: 'no-such:image' })).rejects.toThrow(
      /docker build -f Dockerfile.sandbox/,
    );
    await using nowhere = await sandboxesAt('unix:///nowhere.sock', SANDBOX_IMAGE);
    await expect(nowhere.open()).rejects.toThrow(CommandError);
  });
});
