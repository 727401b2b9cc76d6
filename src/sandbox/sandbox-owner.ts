/** For whom a sandbox is opened. Two users never share one. */
export interface SandboxOwner {
  readonly userId: string;
  readonly agentId: string;
  readonly sessionKey: string;
}
