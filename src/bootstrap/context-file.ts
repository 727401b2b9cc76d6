import type { Caller } from '#contracts';

/** A context file as it is kept. */
export interface ContextFile {
  readonly name: string;
  readonly content: string;
  readonly updatedAt: Date;
  /** Its ETag, where it is kept in the database. */
  readonly version?: number;
  /** Where it lies, when it is a file on disk. */
  readonly path?: string;
}

export type AgentType = 'open' | 'predefined';

/** The agent whose files are meant. */
export interface ContextAgent {
  readonly id: string;
  readonly key: string;
  /** `open`: each user has files of its own. `predefined`: the agent's hold for all, but for USER.md. */
  readonly type: AgentType;
  /** Its directory, where its files lie when they lie on disk. */
  readonly workspace: string;
}

/** Which files: those of an agent, or those of one user of it. */
export interface FilePlace {
  readonly agent: ContextAgent;
  readonly userId?: string;
}

/** For whom a prompt is made. */
export interface Reader {
  readonly agent: ContextAgent;
  readonly caller: Caller;
}
