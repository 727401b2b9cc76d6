import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBusyboxImage, SANDBOX_IMAGE } from './busybox-image.js';

/** Programs of the system, not of a package. */
const PODMAN = 'podman';
const UNMOUNT = 'umount';
const START_LIMIT_MS = 20_000;
const POLL_MS = 20;
/** A service that lost its tests ends by itself. */
const IDLE_S = 300;
/** Containers get no more than what the machine lets its own root have. */
const CONTAINERS_CONF = `
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

/** Podman, serving the Docker API, with storage of its own and one image. */
export interface TestPodman extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly dockerHost: string;
  /** Runs podman on the same storage; returns what it printed. */
  podman(...args: string[]): string;
  /** Ids of the containers that there are, running or not. */
  containers(): readonly string[];
  /** Ends the service at once; containers go on. */
  kill(): Promise<void>;
  /** Starts the service again. */
  restart(): Promise<void>;
}

/** Starts it on a socket in a temporary directory. */
export async function startPodman(): Promise<TestPodman> {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-podman-'));
  for (const name of ['root', 'run', 'tmp']) mkdirSync(join(directory, name));
  writeFileSync(join(directory, 'containers.conf'), CONTAINERS_CONF);
  const env = { ...process.env, CONTAINERS_CONF: join(directory, 'containers.conf') };
  const places = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
  const all = [...places, '--tmpdir', join(directory, 'tmp'), '--storage-driver', 'overlay'];
  // What watches a container writes where it was started.
  const podman = (...args: string[]): string =>
    execFileSync(PODMAN, [...all, ...args], {
      cwd: directory,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const socket = join(directory, 'docker.sock');
  makeBusyboxImage((archive) => podman('import', archive, SANDBOX_IMAGE));
  let service: ChildProcess | undefined;
  const restart = async (): Promise<void> => {
    const args = [...all, 'system', 'service', `--time=${IDLE_S}`, `unix://${socket}`];
    service = spawn(PODMAN, args, { cwd: directory, env, stdio: 'ignore' });
    await untilAnswering(socket);
  };
  const kill = async (): Promise<void> => {
    if (!service || service.exitCode !== null || service.signalCode !== null) return;
    const exited = once(service, 'exit');
    service.kill('SIGKILL');
    await exited;
  };
  await restart();
  return {
    dockerHost: `unix://${socket}`,
    podman,
    containers: () => podman('ps', '--all', '--quiet', '--no-trunc').split('\n').filter(Boolean),
    kill,
    restart,
    [Symbol.asyncDispose]: async () => {
      podman('rm', '--all', '--force', '--time', '0');
      await kill();
      // It mounts its storage on itself.
      spawnSync(UNMOUNT, ['--lazy', join(directory, 'root/overlay')]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(socketPath: string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(socketPath))) {
    if (performance.now() > deadline) throw new Error('podman did not answer in time.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ socketPath, path: '/_ping' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
