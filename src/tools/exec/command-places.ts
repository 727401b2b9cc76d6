import { Injectable } from '@nestjs/common';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, posix, resolve, sep } from 'node:path';
import { ConfigService, ownEnvironment } from '#config';
import {
  CommandError,
  type CommandPlace,
  SANDBOX_WORKSPACE,
  type ToolContext,
  type ToolWorkspace,
} from '#contracts';
import { Clock } from '#kernel';
import { HostProcesses } from '#processes';
import { Sandboxes } from '#sandbox';
import { deploymentOf } from '#store';
import { ExecConfig } from './exec.config.js';
import { hostEnvironment } from './host/host-environment.js';
import { HostPlace } from './host/host-place.js';

const NOT_ON_HOST =
  'Commands cannot run here: this agent has no sandbox, and commands on the host are switched off. ' +
  'An admin can give the agent a sandbox (mode in its own sandbox settings, or in agents.defaults.sandbox) or set tools.exec.host to true. Go on without commands.';

/** Where the commands of a call run. */
@Injectable()
export class CommandPlaces {
  constructor(
    private readonly sandboxes: Sandboxes,
    private readonly processes: HostProcesses,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Why a call has no place for commands, for the model; `undefined` when it has. */
  refusal(context: Pick<ToolContext, 'sandbox'>): string | undefined {
    return context.sandbox || this.isHostAllowed ? undefined : NOT_ON_HOST;
  }

  /** `onlyTool`: in a sandbox, no commands but those of this tool are there. @throws CommandError */
  async open(
    { sandbox, run, workspace, signal }: ToolContext,
    onlyTool: string | undefined,
  ): Promise<CommandPlace> {
    if (sandbox) {
      const owner = {
        userId: run.caller.userId,
        agentId: run.agent.id,
        sessionKey: run.session.key,
        ...(onlyTool !== undefined && { onlyTool }),
      };
      return this.sandboxes.open(sandbox, owner, workspace.root, signal);
    }
    if (!this.isHostAllowed) throw new CommandError('refused', NOT_ON_HOST);
    // Makes the directory, when nothing did yet.
    await mkdir(workspace.root, { recursive: true });
    const root = await realpath(workspace.root);
    const { env, file_max_mb, memory_max_mb, processes_max } = this.settings;
    const terms = {
      root,
      environment: hostEnvironment(ownEnvironment(), env, root),
      fileMaxMb: file_max_mb,
      memoryMaxMb: memory_max_mb,
      processesMax: processes_max,
    };
    return new HostPlace(terms, this.processes, this.clock);
  }

  /** The directory in which a command starts, as its place sees it. @throws CommandError */
  async directory(
    place: CommandPlace,
    workspace: ToolWorkspace,
    wanted: string | undefined,
  ): Promise<string> {
    if (wanted === undefined) return place.root;
    if (wanted.includes('\0')) throw noDirectory(wanted);
    return place.kind === 'sandbox'
      ? posix.resolve(SANDBOX_WORKSPACE, wanted)
      : hostDirectory(place.root, workspace.restrict, wanted);
  }

  private get isHostAllowed(): boolean {
    return this.settings.host ?? deploymentOf(this.config).mode === 'standalone';
  }

  private get settings() {
    return this.config.get(ExecConfig).exec;
  }
}

/** The real path of the directory: what its links lead to is what is checked. */
async function hostDirectory(root: string, restrict: boolean, wanted: string): Promise<string> {
  // As the sandbox sees it, so that an agent may say the same in both.
  const own = wanted === SANDBOX_WORKSPACE || wanted.startsWith(`${SANDBOX_WORKSPACE}/`);
  const path = own ? `.${wanted.slice(SANDBOX_WORKSPACE.length)}` : wanted;
  const real = await realpath(isAbsolute(path) ? path : resolve(root, path)).catch(() => undefined);
  if (real === undefined) throw noDirectory(wanted);
  if (restrict && real !== root && !real.startsWith(root + sep)) {
    throw new CommandError(
      'refused',
      'access denied: path outside workspace. Choose a directory in the workspace.',
    );
  }
  const found = await stat(real).catch(() => undefined);
  if (!found?.isDirectory()) throw noDirectory(wanted);
  return real;
}

function noDirectory(wanted: string): CommandError {
  return new CommandError(
    'not-found',
    `There is no directory ${JSON.stringify(wanted)}. Make it first, or leave working_dir out.`,
  );
}
