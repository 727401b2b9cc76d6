/** What somebody's conversations come to. */
interface Activity {
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly sessions: number;
  /** Tokens of all conversations that are still there. */
  readonly input_tokens: number;
  readonly output_tokens: number;
}

export interface UserRecord extends Activity {
  readonly user_id: string;
  readonly tenant: string | null;
  /** Agents that he has talked to. */
  readonly agent_count: number;
}

/** An agent that a user has talked to. */
export interface UserAgent {
  readonly agent_id: string;
  readonly agent_key: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
}

/** The users with ids `tenant.<tenant>.user.<user>`. */
export interface TenantRecord extends Activity {
  readonly tenant: string;
  readonly users: number;
}
