import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONFIG = fileURLToPath(new URL('../../../deploy/haproxy.cfg', import.meta.url));
/** Debian installs it where the PATH of most users does not lead. */
const DIRECTORIES = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 20;

/** HAProxy with the configuration that is shipped, in front of two gateways. */
export interface LoadBalancer extends AsyncDisposable {
  readonly url: string;
  readonly wsUrl: string;
  /** Resolves when it has taken one of the gateways out, by its place. */
  untilDown(place: 1 | 2): Promise<void>;
}

/** Why no load balancer can be tested here; `undefined` when one can. CI must have it. */
export function balancerLack(): string | undefined {
  return program() !== undefined || process.env['CI'] === 'true' ? undefined : 'haproxy is not installed';
}

/** Starts it on a free port; resolves when it lets requests through to both. */
export async function startBalancer(gateways: readonly [url: string, url: string]): Promise<LoadBalancer> {
  const address = `127.0.0.1:${await freePort()}`;
  const [GATEWAY_1, GATEWAY_2] = gateways.map((url) => new URL(url).host);
  const child = spawn(program() ?? 'haproxy', ['-db', '-f', CONFIG], {
    env: { BALANCER_BIND: address, GATEWAY_1, GATEWAY_2 },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const until = (condition: () => Promise<boolean>, what: string): Promise<void> =>
    untilTrue(condition, () => `Waited in vain for ${what}. Its log:\n${log}`);
  const url = `http://${address}`;
  await until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok === true, 'it');
  return {
    url,
    wsUrl: `ws://${address}/ws`,
    untilDown: (place) =>
      until(async () => log.includes(`Server gateways/gateway-${place} is DOWN`), `gateway-${place} down`),
    [Symbol.asyncDispose]: () => end(child),
  };
}

function program(): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, 'haproxy')).find((path) => existsSync(path));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function untilTrue(condition: () => Promise<boolean>, message: () => string): Promise<void> {
  const deadline = performance.now() + WAIT_LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
