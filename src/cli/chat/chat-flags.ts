/** Options of `goclaw chat`. */
export interface ChatFlags {
  /** Agent key; absent: the default agent. */
  readonly name?: string;
  /** Ask this once and leave. */
  readonly message?: string;
  readonly session?: string;
  readonly url?: string;
  readonly token?: string;
  readonly user?: string;
}
