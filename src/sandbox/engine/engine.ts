import { Injectable } from '@nestjs/common';
import type Docker from 'dockerode';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConfigService } from '#config';
import { CommandError } from '#contracts';
import { engineAddress } from './engine-address.js';
import { EngineConfig } from './engine.config.js';
import { engineError, isMissing, statusOf } from './engine-error.js';

const CALL_TIMEOUT_MS = 30_000;
const CONFLICT = 409;

/** A program to start in a container. */
export interface ExecOptions {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A started program. Its stream carries frames of output, and takes its input. */
export interface StartedExec {
  readonly id: string;
  readonly stream: Duplex;
}

export interface ExecState {
  readonly running: boolean;
  readonly exitCode: number | undefined;
}

/** A container that the engine knows. */
export interface KnownContainer {
  readonly id: string;
  readonly state: string;
  readonly createdAtMs: number;
}

/**
 * The Docker API, as much of it as sandboxes need. Each call ends: by its answer, or with a {@link CommandError} after
 * {@link CALL_TIMEOUT_MS}. dockerode is imported with the first call.
 */
@Injectable()
export class Engine {
  private client: Promise<Docker> | undefined;

  constructor(private readonly config: ConfigService) {}

  /** The engine's version. */
  version(): Promise<string> {
    return this.call(async (docker) => (await docker.version()).Version);
  }

  hasImage(name: string): Promise<boolean> {
    return this.call(async (docker, abortSignal) => {
      try {
        await docker.getImage(name).inspect(withSignal({}, abortSignal));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    });
  }

  /** Returns the new container's id. */
  create(options: Docker.ContainerCreateOptions): Promise<string> {
    return this.call(async (docker, abortSignal) => {
      return (await docker.createContainer(withSignal(options, abortSignal))).id;
    });
  }

  /** The standard input of a container: of one that is made so, it is its life. */
  attach(container: string): Promise<Duplex> {
    return this.call(async (docker) => {
      // A hijacked connection is a socket.
      return (await docker
        .getContainer(container)
        .attach({ stream: true, stdin: true, hijack: true })) as Duplex;
    });
  }

  start(container: string): Promise<void> {
    return this.call(async (docker, abortSignal) => {
      await docker.getContainer(container).start({ abortSignal });
    });
  }

  /** Ends it with all that runs in it. One that is gone, or going, is no error. */
  async remove(container: string): Promise<void> {
    await this.call(async (docker, abortSignal) => {
      try {
        await docker.getContainer(container).remove({ force: true, v: true, abortSignal });
      } catch (error) {
        if (!isMissing(error) && !isGoing(error)) throw error;
      }
    });
  }

  async exec(container: string, { argv, cwd, env = {} }: ExecOptions): Promise<StartedExec> {
    return this.call(async (docker, abortSignal) => {
      const exec = await docker.getContainer(container).exec({
        Cmd: [...argv],
        Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
        ...(cwd !== undefined && { WorkingDir: cwd }),
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        abortSignal,
      });
      const stream = await exec.start({ hijack: true, stdin: true });
      // Nobody waits for it any more.
      if (abortSignal.aborted) stream.destroy();
      return { id: exec.id, stream };
    });
  }

  execState(exec: string): Promise<ExecState> {
    return this.call(async (docker, abortSignal) => {
      const { Running: running, ExitCode: code } = await docker.getExec(exec).inspect({ abortSignal });
      return { running, exitCode: code ?? undefined };
    });
  }

  /** How many processes a container has; `undefined` where the engine does not count them. */
  processes(container: string): Promise<number | undefined> {
    return this.call(async (docker) => {
      const stats = await docker.getContainer(container).stats({ stream: false, 'one-shot': true });
      return stats.pids_stats?.current;
    });
  }

  /** Containers that bear a label, running or not. */
  labelled(label: string): Promise<readonly KnownContainer[]> {
    return this.call(async (docker, abortSignal) => {
      const known = await docker.listContainers({ all: true, filters: { label: [label] }, abortSignal });
      return known.map(({ Id: id, State: state, Created: seconds }) => ({
        id,
        state,
        createdAtMs: seconds * 1_000,
      }));
    });
  }

  private async call<T>(work: (docker: Docker, signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(CALL_TIMEOUT_MS);
    try {
      const docker = await this.connect();
      return await orTimeout(work(docker, deadline), deadline);
    } catch (error) {
      throw engineError(error);
    }
  }

  private async connect(): Promise<Docker> {
    this.client ??= this.open();
    try {
      return await this.client;
    } catch (error) {
      this.client = undefined;
      throw error;
    }
  }

  private async open(): Promise<Docker> {
    const { default: Client } = await import('dockerode');
    // `host` is given also where there is none: the client takes what is missing from the process's environment.
    const address = { host: undefined, ...engineAddress(this.config.get(EngineConfig).sandbox) };
    // A kept connection may be closed by the engine at the moment it is used: a new one costs a fraction of a ms.
    return new Client({ ...address, agent: new Agent({ keepAlive: false }) } as Docker.DockerOptions);
  }
}

/** dockerode takes the signal among the options of the call; its types do not say so everywhere. */
function withSignal<T extends object>(options: T, abortSignal: AbortSignal): T {
  return { ...options, abortSignal };
}

/** Somebody else removes it already. */
function isGoing(error: unknown): boolean {
  return statusOf(error) === CONFLICT;
}

function orTimeout<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void =>
      reject(
        new CommandError(
          'unavailable',
          `The sandbox engine (Docker) did not answer within ${CALL_TIMEOUT_MS / 1_000} s. Try again later; an ` +
            'administrator must see to it when it stays so.',
        ),
      );
    deadline.addEventListener('abort', refuse, { once: true });
  });
  return Promise.race([work, late]);
}
