import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type GatewayOptions, type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const WAIT = { timeout: 20_000 };

describeWithEngine('an agent with a sandbox', () => {
  let llm: ScriptedLlm;
  let podman: TestPodman;
  let gateway: RunningGateway;
  const sockets: RawSocket[] = [];

  beforeAll(async () => {
    podman = await startPodman();
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ ...options(), mode: 'managed' });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
    llm.expectAllUsed();
  });
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await llm?.[Symbol.asyncDispose]();
    await podman?.[Symbol.asyncDispose]();
  });

  function options(): GatewayOptions {
    const sandbox = { mode: 'all', image: SANDBOX_IMAGE, memory_mb: 128, tmpfs_size_mb: 32 };
    return { llm, env: { DOCKER_HOST: podman.dockerHost }, config: { agents: { defaults: { sandbox } } } };
  }

  async function socketOf(user: string, at = gateway): Promise<RawSocket> {
    const socket = await RawSocket.connect(at, user);
    sockets.push(socket);
    return socket;
  }

  /** What the model is told of its calls, in one run. */
  async function told(
    socket: RawSocket,
    calls: readonly (readonly [name: string, args: Record<string, unknown>])[],
    params: Record<string, unknown> = {},
  ): Promise<readonly string[]> {
    for (const [name, args] of calls) llm.replyToolCalls([{ name, arguments: args }]);
    llm.reply('Done.');
    const answer = await socket.result('chat.send', { message: 'Do it.', ...params });
    expect(answer).toMatchObject({ content: 'Done.' });
    const results = llm.lastRequest.messages.filter(({ role }) => role === 'tool');
    return results.slice(-calls.length).map(({ text }) => text);
  }

  it('runs commands there in managed mode, on the files of its user, and never on those of another', async () => {
    const [ada, bob] = [await socketOf('ada'), await socketOf('bob')];
    const [, executed] = await told(ada, [
      ['write_file', { path: 'mine.txt', content: 'of ada\n' }],
      [
        'exec',
        { command: 'hostname; pwd; cat mine.txt; echo made > made.txt; env | grep -c GOCLAW_GATEWAY' },
      ],
    ]);
    expect(executed).toMatch(/sandbox\n\/workspace\nof ada\n0/);
    expect(await told(ada, [['read_file', { path: '/workspace/made.txt' }]])).toEqual(['made\n']);
    const [seen] = await told(bob, [
      ['exec', { command: 'ls -a; ls /workspace/.. ; find / -name mine.txt' }],
    ]);
    expect(seen).not.toContain('mine.txt');
    expect(podman.containers()).toHaveLength(2);
  });

  it('has the sandbox that an admin gave it, and the files in it', async () => {
    const admin = RestClient.admin(gateway);
    await admin.done('POST', '/v1/agents', {
      agent_key: 'closed',
      sandbox_config: { workspace_access: 'none', env: { TOKEN: 'of-the-sandbox' } },
    });
    const calls: [string, Record<string, unknown>][] = [
      ['write_file', { path: 'notes/a.txt', content: 'inside' }],
      ['exec', { command: 'cat notes/a.txt; echo " $TOKEN"' }],
      ['search', { pattern: 'ins.de' }],
      ['read_file', { path: '/etc/passwd' }],
    ];
    const root = await socketOf('root');
    const results = await told(root, calls, { agentId: 'closed' });
    expect(results[1]).toContain('inside of-the-sandbox');
    expect(results[2]).toBe('notes/a.txt:1: inside');
    expect(results[3]).toContain('sandbox:x:1000:1000');
  });

  it('goes on with its run when the engine dies under a command, and when it is away', async () => {
    const carl = await socketOf('carl');
    llm.replyToolCalls([{ name: 'exec', arguments: { command: 'echo begun; sleep 100' } }]);
    llm.replyToolCalls([{ name: 'exec', arguments: { command: 'echo again' } }]);
    llm.reply('I could not.');
    const before = podman.containers().length;
    const asked = carl.result('chat.send', { message: 'Do it.', stream: true });
    await carl.until(() => JSON.stringify(carl.frames).includes('begun'), 'the command');
    expect(podman.containers().length).toBeGreaterThan(before);
    await podman.kill();
    expect(await asked).toMatchObject({ content: 'I could not.' });
    const [lost, away] = llm.lastRequest.messages.filter(({ role }) => role === 'tool').slice(-2);
    expect(lost?.text).toMatch(/begun[^]*The sandbox ended while the command ran/);
    expect(away?.text).toMatch(/The sandbox engine \(Docker\) cannot be reached/);
    await podman.restart();
    expect(await told(carl, [['exec', { command: 'echo back' }]])).toEqual([expect.stringContaining('back')]);
  });

  it('leaves no container behind when its gateway is killed, with a command open', async () => {
    const before = new Set(podman.containers());
    const other = await startGateway({ ...options(), mode: 'managed' });
    try {
      const dora = await socketOf('dora', other);
      llm.replyToolCalls([
        { name: 'exec', arguments: { command: 'setsid sleep 1000 & echo begun; sleep 1000' } },
      ]);
      dora.begin('chat.send', { message: 'Do it.', stream: true });
      await dora.until(() => JSON.stringify(dora.frames).includes('begun'), 'the command');
      expect(podman.containers().filter((id) => !before.has(id))).toHaveLength(1);
      await other.kill();
      await expect.poll(() => podman.containers().filter((id) => !before.has(id)), WAIT).toEqual([]);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });
});
