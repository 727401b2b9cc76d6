import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { EVERYTHING_STDIO } from '../support/mcp/everything.js';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';
import { WebSite } from '../support/web/index.js';

const ON_HOST = { exec: { host: true } };
const SECRET_LINE = 'password=hunter2hunter2';

type Section = Record<string, unknown>;
type Pending = Record<'id', string> & Record<'createdAt' | 'expiresAt', number>;

let calls = 0;

/** What a tool answers to a call of a conversation of its own, or why it does not. */
async function called(
  admin: RestClient,
  tool: string,
  args: Section = {},
  sessionKey = `agent:default:hot:${++calls}`,
): Promise<string> {
  const { body } = await admin.call('POST', '/v1/tools/invoke', { tool, args, sessionKey });
  const { result, error } = body as { result?: { output: string }; error?: { message: string } };
  return result?.output ?? error?.message ?? JSON.stringify(body);
}

/** Writes parts of the file, as an editor would; resolves when the gateway has read them. */
async function written(gateway: RunningGateway, socket: RawSocket, text: string): Promise<void> {
  const { hash } = await socket.result('config.get');
  if (readFileSync(gateway.configPath, 'utf8') === text) return;
  writeFileSync(gateway.configPath, text);
  await expect.poll(async () => (await socket.result('config.get'))['hash']).not.toBe(hash);
}

describe('the section tools of a gateway that runs', () => {
  let gateway: RunningGateway;
  let site: WebSite;
  let socket: RawSocket;
  let admin: RestClient;
  let original: string;

  beforeAll(async () => {
    site = await WebSite.start();
    site.page('/page', 'the page', 'text/plain');
    for (const engine of ['searxng', 'brave', 'other'])
      site.page(`/${engine}/search`, (_, response) => {
        const results = ['one', 'two', 'three'].map((title) => ({
          title,
          url: `http://${engine}/`,
          content: '',
        }));
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ results, web: { results } }));
      });
    gateway = await startGateway({
      env: { HOT_VARIABLE: 'of-the-host', GOCLAW_BRAVE_API_KEY: 'key-of-brave' },
      config: { providers: { painter: { api_base: site.url('/v1'), api_key: 'painter-key' } } },
    });
    socket = await RawSocket.connect(gateway);
    admin = RestClient.admin(gateway, 'local');
    original = readFileSync(gateway.configPath, 'utf8');
  });
  afterAll(async () => {
    socket[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });

  const tell = (tool: string, args: Section = {}, sessionKey?: string): Promise<string> =>
    called(admin, tool, args, sessionKey);
  const exec = (command: string, args: Section = {}): Promise<string> => tell('exec', { command, ...args });

  async function tools(section: Section): Promise<void> {
    await written(gateway, socket, JSON.stringify({ ...(JSON.parse(original) as Section), tools: section }));
  }

  async function why(name: string, params: Section = {}): Promise<string> {
    const { tools: all } = await socket.result('tools.explain', { name, ...params });
    const [{ step, reason }] = all as [{ step: string; reason: string }];
    return `${step}: ${reason}`;
  }

  it('is obeyed by the policy with the next call: profile, allow, deny, alsoAllow, byProvider, byChannel', async () => {
    await tools({ profile: 'minimal' });
    expect(await tell('list_files')).toContain('not allowed here (by global.profile)');
    await tools({ profile: 'minimal', alsoAllow: ['list_files'] });
    expect(await tell('list_files')).not.toContain('not allowed');
    await tools({ allow: ['read_file'] });
    expect(await tell('list_files')).toContain('(by global.allow)');
    await tools({ deny: ['list_files'] });
    expect(await tell('list_files')).toContain('(by global.deny)');
    await tools({ byChannel: { http: { deny: ['list_files'] } } });
    expect(await tell('list_files')).toContain('(by channel.deny)');
    await tools({ byProvider: { groq: { deny: ['list_files'] } } });
    expect(await tell('list_files')).not.toContain('not allowed');
    expect(await why('list_files', { provider: 'groq' })).toMatch(/^provider\.deny/);
  });

  it('is obeyed by approvals: security, ask, allowlist, timeout_sec', async () => {
    await tools({ execApproval: { security: 'deny' } });
    expect(await exec('echo x')).toContain('tools.execApproval.security is deny');
    await tools({ execApproval: { security: 'allowlist', allowlist: ['echo'] } });
    expect([await exec('echo listed'), await exec('ls')]).toEqual([
      'listed',
      expect.stringContaining('Not listed: ls'),
    ]);
    await tools({ execApproval: { ask: 'always', timeout_sec: 77 } });
    const asked = exec('echo approved');
    const pending = async (): Promise<readonly Pending[]> =>
      (await socket.result('exec.approval.list'))['pending'] as readonly Pending[];
    await expect.poll(pending).toHaveLength(1);
    const [asking] = await pending();
    expect((asking?.expiresAt ?? 0) - (asking?.createdAt ?? 0)).toBe(77_000);
    await socket.result('exec.approval.approve', { id: asking?.id });
    expect(await asked).toBe('approved');
  });

  it('is obeyed by commands: host, env, the limits of time, files, memory, processes and the background', async () => {
    await tools({ exec: { host: false } });
    expect(await exec('echo x')).toContain('commands on the host are switched off');
    await tools({ exec: { env: ['HOT_VARIABLE'] } });
    expect(await exec('echo $HOT_VARIABLE')).toBe('of-the-host');
    await tools({ exec: { timeout_sec: 1 } });
    expect(await exec('sleep 1000')).toContain('command timed out after 1s');
    await tools({ exec: { timeout_max_sec: 1 } });
    expect(await exec('sleep 1000', { timeout_sec: 900 })).toContain('command timed out after 1s');
    await tools({ exec: { file_max_mb: 1 } });
    expect(await exec('cat /dev/zero > large')).toContain('tools.exec.file_max_mb');
    await tools({ exec: { memory_max_mb: 32 } });
    expect(await exec('head -c 90000000 /dev/zero | tail -c 90000000 | sleep 1000')).toContain(
      'more than 32 MB',
    );
    await tools({ exec: { processes_max: 4 } });
    expect(await exec('for n in 1 2 3 4 5 6; do sleep 1000 & done; wait')).toContain('more than 4 processes');
    await tools({ exec: { background_max: 0 } });
    expect(await exec('sleep 1000', { background: true })).toMatch(/background commands/);
  });

  it('is obeyed by what is counted, scrubbed and told: rate_limit_per_hour, scrub_credentials', async () => {
    await tools({ rate_limit_per_hour: 1 });
    const ofOne = 'agent:default:hot:counted';
    await tell('list_files', {}, ofOne);
    expect(await tell('list_files', {}, ofOne)).toContain('tool rate limit exceeded: 1 actions/hour');
    await tools({ ...ON_HOST });
    expect(await exec(`echo ${SECRET_LINE}`)).toBe('password=[REDACTED]');
    await tools({ scrub_credentials: false });
    expect(await exec(`echo ${SECRET_LINE}`)).toBe(SECRET_LINE);
  });

  it('is obeyed by the web: where tools may go, also what was kept, and which engines are asked', async () => {
    const page = { url: site.url('/page') };
    expect(await tell('web_fetch', page)).toContain('SSRF protection');
    await tools({ network: { allow: [site.host] } });
    expect(await tell('web_fetch', page, 'agent:default:hot:kept')).toContain('the page');
    await tools({ network: { allow: ['10.0.0.0/8'] } });
    expect(await tell('web_fetch', page, 'agent:default:hot:kept')).toContain('SSRF protection');
    await tools({ network: { dns_servers: ['127.0.0.1:1'] } });
    expect(await tell('web_fetch', { url: 'http://somewhere.example.com/' })).toContain('was not found');

    const asked = (query: string): Promise<string> => tell('web_search', { query });
    const away = { duckduckgo: { enabled: false }, brave: { enabled: false } };
    await tools({ web: away });
    expect(await asked('a')).toContain('No search engine is configured');
    await tools({ web: { ...away, searxng: { base_url: site.url('/searxng'), max_results: 2 } } });
    expect(await asked('b')).toMatch(/\(searxng\)\n\n1\. one\n.+\n2\. two\n[^3]+$/);
    await tools({ web: { ...away, searxng: { base_url: site.url('/other') } } });
    expect(await asked('c')).toMatch(/http:\/\/other\/[^]*3\. three/);
    await tools({ web: { brave: { base_url: site.url('/brave/search'), max_results: 1 } } });
    expect(await asked('d')).toMatch(/\(brave\)\n\n1\. one\n[^2]+$/);
    await tools({ web: { ...away, duckduckgo: { base_url: site.url('/nowhere') } } });
    expect(await asked('e')).toContain('duckduckgo answered 404');
  });

  it('is obeyed by the picture’s maker: provider, model, size', async () => {
    expect(await why('image')).toContain('tools.image.provider is not set');
    await tools({ image: { provider: 'painter', model: 'a-model', size: '128x256' } });
    expect(await tell('image', { prompt: 'A crab' })).toContain('painter');
    const request = site.requests.findLast(({ path }) => path === '/v1/images/generations');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ model: 'a-model', size: '128x256' });
  });

  it('is obeyed by the browser, and by the servers that are asked for tools', async () => {
    await tools({ browser: { enabled: false } });
    expect(await why('browser')).toContain('tools.browser.enabled');
    await tools({ browser: { executable_path: '/no/such/browser' } });
    expect(await why('browser')).toContain('/no/such/browser');
    const { command, args } = EVERYTHING_STDIO;
    await tools({
      mcp_servers: { late: { transport: 'stdio', command, args: [...args], tool_prefix: 'late' } },
    });
    await expect.poll(() => tell('late__echo', { message: 'hi' })).toBe('Echo: hi');
    await tools({ mcp_servers: { late: { command: 'no-such-program', tool_prefix: 'late' } } });
    await expect.poll(() => tell('late__echo', { message: 'hi' })).toContain('program is not on the gateway');
    expect(await why('late__echo')).toContain('program is not on the gateway');
    await tools({});
    expect(await tell('late__echo', { message: 'hi' })).toContain('unknown tool');
  });
});

describeWithEngine('the sandbox of a gateway that runs', () => {
  let podman: TestPodman;
  let gateway: RunningGateway;
  let socket: RawSocket;
  let admin: RestClient;
  let original: { agents: { defaults: object } };

  beforeAll(async () => {
    podman = await startPodman();
    gateway = await startGateway({ env: { DOCKER_HOST: podman.dockerHost } });
    socket = await RawSocket.connect(gateway);
    admin = RestClient.admin(gateway, 'local');
    original = JSON.parse(readFileSync(gateway.configPath, 'utf8')) as typeof original;
  });
  afterAll(async () => {
    socket?.[Symbol.dispose]();
    await gateway?.[Symbol.asyncDispose]();
    await podman?.[Symbol.asyncDispose]();
  });

  /** What a command says under these settings, in a conversation of its own. */
  async function under(sandbox: object, command: string): Promise<string> {
    const settings = { mode: 'all', image: SANDBOX_IMAGE, memory_mb: 96, ...sandbox };
    const agents = { ...original.agents, defaults: { ...original.agents.defaults, sandbox: settings } };
    await written(gateway, socket, JSON.stringify({ ...original, agents }));
    return called(admin, 'exec', { command });
  }

  it.each<readonly [key: string, sandbox: object, command: string, says: RegExp]>([
    ['mode', {}, 'hostname', /^sandbox$/],
    ['mode: off', { mode: 'off' }, 'test -e /workspace || echo host', /^host$/],
    ['mode: non-main', { mode: 'non-main' }, 'test -e /workspace || echo host', /^host$/],
    ['image', { image: 'no-such:image' }, 'true', /docker build -f Dockerfile\.sandbox/],
    ['workspace_access: ro', { workspace_access: 'ro' }, 'touch x', /Read-only file system/],
    ['workspace_access: none', { workspace_access: 'none' }, 'ls -A /workspace | wc -l', /^0$/],
    ['timeout_sec', { timeout_sec: 1 }, 'sleep 1000', /longer than the 1 s/],
    ['read_only_root', { read_only_root: false }, 'grep -c " / [^ ]* rw" /proc/mounts', /^1$/],
    ['setup_command', { setup_command: 'echo ready > /tmp/ready' }, 'cat /tmp/ready', /^ready$/],
    ['env', { env: { HOT: 'of-the-file' } }, 'echo $HOT', /^of-the-file$/],
    ['user', { user: '1234:1234' }, 'id -u', /^1234$/],
    ['tmpfs_size_mb', { tmpfs_size_mb: 3 }, 'df -m /tmp | tail -n 1', /\s3\s/],
    [
      'memory_mb',
      { memory_mb: 64 },
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes',
      /^67108864$/m,
    ],
    [
      'cpus',
      { cpus: 0.25 },
      'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us',
      /^25000( 100000)?$/m,
    ],
  ])('has another %s with the next command', async (_key, sandbox, command, says) => {
    expect(await under(sandbox, command)).toMatch(says);
  });

  it('has another scope with the next command', async () => {
    await under({ scope: 'agent' }, 'echo kept > /tmp/kept');
    expect(await under({ scope: 'agent' }, 'cat /tmp/kept')).toBe('kept');
    expect(await under({ scope: 'session' }, 'cat /tmp/kept')).toContain('No such file');
  });
});
