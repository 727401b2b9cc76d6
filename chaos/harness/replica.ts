import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyEmbeddedDatabase } from '../../test/support/gateway/embedded-template.js';
import { type GatewayOptions, type RunningGateway, startGateway } from '../../test/support/gateway/index.js';
import type { Random } from './random.js';

/** Below the ports that the system gives to outgoing connections: those could take the place of a gateway that is down. */
const PORTS = { min: 20_000, max: 31_999 } as const;

/** A gateway that is killed and started again: on its data directory and its port. */
export class Replica implements AsyncDisposable {
  readonly port: number;
  readonly dataDir: string;
  private earlierLogs = '';
  private readonly options: GatewayOptions;
  private running: RunningGateway | undefined;

  private constructor(port: number, dataDir: string, options: GatewayOptions) {
    this.port = port;
    this.dataDir = dataDir;
    this.options = options;
  }

  /** One that is not started yet. */
  static async create(options: GatewayOptions, random: Random): Promise<Replica> {
    const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-chaos-'));
    if (options.dsn === undefined) copyEmbeddedDatabase(dataDir);
    return new Replica(await freePort(random), dataDir, options);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @throws Error when it is not up */
  get gateway(): RunningGateway {
    if (!this.running) throw new Error('This gateway is not up.');
    return this.running;
  }

  /** What all its lives have logged. */
  get logs(): string {
    return this.earlierLogs + (this.running?.logs ?? '');
  }

  async start(changes: Partial<GatewayOptions> = {}): Promise<void> {
    const { config = {}, ...options } = { ...this.options, ...changes };
    const gateway = { ...(config['gateway'] as object | undefined), port: this.port, rate_limit_rpm: 0 };
    this.running = await startGateway({ ...options, config: { ...config, gateway }, dataDir: this.dataDir });
  }

  /** SIGKILL; resolves when it is dead. */
  async kill(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.kill();
    this.earlierLogs += running?.logs ?? '';
  }

  /** SIGTERM; its exit code. */
  async stop(): Promise<number | null> {
    const { running } = this;
    this.running = undefined;
    const code = (await running?.stop()) ?? null;
    this.earlierLogs += running?.logs ?? '';
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function freePort(random: Random): Promise<number> {
  for (;;) {
    const port = random.int(PORTS.min, PORTS.max);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
