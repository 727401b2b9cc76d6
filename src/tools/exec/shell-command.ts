/** A text for `sh -c`, and how it is run. */
export interface ShellCommand {
  /** The tool that asks: `exec`, or a custom tool's name. */
  readonly tool: string;
  readonly command: string;
  /** Relative to the workspace, or absolute as the command's place sees it. Default: the workspace. */
  readonly cwd?: string;
  /** Merged over the minimal environment; never over the gateway's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** From the moment it starts: waiting for an approval does not count. */
  readonly timeoutMs: number;
  readonly stdin?: string;
}
