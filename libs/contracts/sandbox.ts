/** Where the workspace is seen inside of a sandbox. */
export const SANDBOX_WORKSPACE = '/workspace';

/** What a command may see of the workspace: nothing, its files, or its files to change. */
export const WORKSPACE_ACCESS = ['none', 'ro', 'rw'] as const;
export type WorkspaceAccess = (typeof WORKSPACE_ACCESS)[number];

/** Who shares a sandbox: the calls of one session, of one agent, or of all agents, always of one user alone. */
export const SANDBOX_SCOPES = ['session', 'agent', 'shared'] as const;
export type SandboxScope = (typeof SANDBOX_SCOPES)[number];

/** How an agent's commands are shut in. Resolved: every value is there. */
export interface SandboxTerms {
  readonly image: string;
  readonly workspaceAccess: WorkspaceAccess;
  readonly scope: SandboxScope;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly timeoutMs: number;
  readonly networkEnabled: boolean;
  readonly readOnlyRoot: boolean;
  /** Run once, by `sh -c`, when the sandbox is made. */
  readonly setupCommand?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  /** Of each temporary directory; 0: the engine's default. */
  readonly tmpfsSizeMb: number;
  readonly maxOutputBytes: number;
  readonly idleMs: number;
  readonly maxAgeMs: number;
}

export interface CommandRequest {
  /** Never a line for a shell: the program and its arguments. */
  readonly argv: readonly string[];
  /** Absolute, as the place sees it. Default: its {@link CommandPlace.root}. */
  readonly cwd?: string;
  /** Beside what the place gives to every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the command with everything it started. */
  readonly signal: AbortSignal;
  /** Called as it comes, in order for each stream. */
  onOutput(stream: 'stdout' | 'stderr', chunk: Uint8Array): void;
}

export interface CommandEnd {
  /** `undefined` when it was killed. */
  readonly exitCode?: number;
  readonly signal?: string;
}

/** A command that goes on. */
export interface RunningCommand {
  /** Never rejects; comes after the last output. */
  readonly ended: Promise<CommandEnd>;
  /** To its standard input. Resolves when it was taken. @throws CommandError `input-closed` */
  write(data: string | Uint8Array): Promise<void>;
  endInput(): void;
  /** Kills it with everything it started. Resolves when nothing of it is left. Idempotent. */
  kill(): Promise<void>;
}

/** Port: where commands run: the gateway's host, or a container. Safe for concurrent calls. */
export interface CommandPlace {
  readonly kind: 'host' | 'sandbox';
  /** Where the workspace is, as commands see it. */
  readonly root: string;
  /** @throws CommandError when the command cannot be started */
  start(request: CommandRequest): Promise<RunningCommand>;
}

/** Port: an isolated place of commands, with the files in it. */
export interface Sandbox extends CommandPlace {
  readonly id: string;
  readonly files: SandboxFiles;
}

export interface SandboxEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
}

/** Files as the commands of a sandbox see them. Paths are absolute there. Every operation is one argv, no shell. */
export interface SandboxFiles {
  /** `undefined`: there is none. */
  stat(path: string, signal: AbortSignal): Promise<SandboxEntry | undefined>;
  /** The first `maxBytes` of it, from `offset`. @throws CommandError */
  read(path: string, range: { offset: number; maxBytes: number }, signal: AbortSignal): Promise<Uint8Array>;
  /** Replaces it, or makes it with its directories. @throws CommandError */
  write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** @throws CommandError */
  list(path: string, signal: AbortSignal): Promise<readonly SandboxEntry[]>;
}

/** Why a command, or its place, did not come about. The message is written for the model. */
export class CommandError extends Error {
  constructor(
    readonly reason: 'unavailable' | 'not-found' | 'refused' | 'input-closed' | 'limit' | 'failed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}
