/** For whom a sandbox is opened. Two users never share one. */
export interface SandboxOwner {
  readonly userId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  /** The tool that alone uses it: its commands hold variables that other commands must not find. */
  readonly onlyTool?: string;
}
