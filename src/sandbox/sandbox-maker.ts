import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import { CommandError, type SandboxTerms } from '#contracts';
import { Clock } from '#kernel';
import { containerOptions, type ContainerPlan } from './container/container-options.js';
import { ContainerSandbox } from './container/container-sandbox.js';
import { Engine } from './engine/engine.js';
import { isMissing } from './engine/engine-error.js';
import { capture } from './files/capture.js';
import { resolveEnvironment } from './resolve-environment.js';

/** What a set-up command may take, whatever the limit of commands is. */
const SETUP_TIMEOUT_MS = 300_000;
const COMPLAINT_MAX_CHARS = 500;
const REFUSED_LIMITS = /rlimit/i;

/** Makes sandboxes. */
@Injectable()
export class SandboxMaker {
  private readonly logger = new Logger('Sandboxes');
  /** The engine was seen to refuse limits: a container or a machine itself, without the right to raise them. */
  private isLimited = false;

  constructor(
    private readonly engine: Engine,
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {}

  /** @throws CommandError */
  async make(terms: SandboxTerms, key: string, workspaceRoot: string): Promise<ContainerSandbox> {
    const env = resolveEnvironment(terms.env, this.config.source?.env ?? {});
    const sandbox = await this.start({ terms: { ...terms, env }, key, workspaceRoot });
    try {
      if (terms.setupCommand !== undefined) await setUp(sandbox, terms.setupCommand);
      return sandbox;
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  }

  private async start(plan: ContainerPlan): Promise<ContainerSandbox> {
    try {
      return await this.started({ ...plan, bare: this.isLimited });
    } catch (error) {
      if (this.isLimited || !(error instanceof CommandError) || !REFUSED_LIMITS.test(error.message))
        throw error;
      this.isLimited = true;
      this.logger.warn('the engine may not limit open files and the size of files; its own limits apply');
      return this.started({ ...plan, bare: true });
    }
  }

  private async started(plan: ContainerPlan): Promise<ContainerSandbox> {
    const { engine, clock } = this;
    const { maxOutputBytes, timeoutMs } = plan.terms;
    const container = await this.create(plan);
    try {
      // Attached before it starts: it would end at once otherwise.
      const life = await engine.attach(container);
      const sandbox = new ContainerSandbox({ engine, clock, container, life, maxOutputBytes, timeoutMs });
      await engine.start(container);
      return sandbox;
    } catch (error) {
      await engine.remove(container).catch(() => undefined);
      throw error;
    }
  }

  private async create(plan: ContainerPlan): Promise<string> {
    try {
      return await this.engine.create(containerOptions(plan));
    } catch (error) {
      if (error instanceof CommandError && isMissing(error.cause))
        throw imageMissing(plan.terms.image, error);
      throw error;
    }
  }
}

async function setUp(sandbox: ContainerSandbox, command: string): Promise<void> {
  const signal = AbortSignal.timeout(SETUP_TIMEOUT_MS);
  const { exitCode, complaint } = await capture(sandbox, ['/bin/sh', '-c', command], { signal });
  if (exitCode === 0) return;
  const said = complaint.trim().slice(-COMPLAINT_MAX_CHARS);
  throw new CommandError(
    'unavailable',
    `The sandbox could not be set up: its setup_command ${exitCode === undefined ? 'took too long' : `ended with code ${exitCode}`}` +
      `${said && ` (${said})`}. An administrator must correct it.`,
  );
}

function imageMissing(image: string, cause: unknown): CommandError {
  return new CommandError(
    'unavailable',
    `The sandbox image "${image}" is not there. Tell the user that an administrator must make it (docker build -f ` +
      `Dockerfile.sandbox -t ${image} .) or pull it, or set agents.defaults.sandbox.image.`,
    { cause },
  );
}
