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
  /** 0: never too idle, or too old. */
  readonly idleMs: number;
  readonly maxAgeMs: number;
  /** How often it is seen whether it is. */
  readonly pruneIntervalMs: number;
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
  /** Why it did not end by itself, and what to do: a sentence for the model. Absent where that is known already. */
  readonly reason?: string;
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

/** What is found below a directory. */
export interface SandboxTree {
  /** Their names are paths relative to the directory; in no order. */
  readonly entries: readonly SandboxEntry[];
  /** `false`: there is more than was asked for. */
  readonly complete: boolean;
}

export interface SandboxTreeOptions {
  /** Names of directories that are listed, and not looked into. */
  readonly skip: readonly string[];
  readonly maxEntries: number;
  readonly maxDepth: number;
}

export interface SandboxFile {
  /** Relative to the directory that was asked for. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface SandboxContentsOptions {
  readonly skip: readonly string[];
  readonly maxDepth: number;
  /** Larger files are left out. */
  readonly maxFileBytes: number;
  /** Of all files together: when it is reached, the rest is left out. */
  readonly maxBytes: number;
}

/** Files as the commands of a sandbox see them. Paths are absolute there. Each program is started by argv, no shell. */
export interface SandboxFiles {
  /** What the path leads to, links followed. `undefined`: there is nothing. @throws CommandError */
  stat(path: string, signal: AbortSignal): Promise<SandboxEntry | undefined>;
  /** The first `maxBytes` of it, from `offset`. @throws CommandError */
  read(path: string, range: { offset: number; maxBytes: number }, signal: AbortSignal): Promise<Uint8Array>;
  /** Replaces it, or makes it with its directories. @throws CommandError */
  write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Everything below a directory; links are not followed. @throws CommandError */
  tree(path: string, options: SandboxTreeOptions, signal: AbortSignal): Promise<SandboxTree>;
  /** The regular files below a directory, in one sweep. @throws CommandError */
  contents(path: string, options: SandboxContentsOptions, signal: AbortSignal): AsyncGenerator<SandboxFile>;
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
