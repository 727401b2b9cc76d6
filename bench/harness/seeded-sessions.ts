import { Client } from 'pg';

const WINDOW_MESSAGES = 20;
const SUMMARY = 'The user plans a journey and has asked about trains, hotels and the weather. '.repeat(20);
const MESSAGE_CHARS = 400;
const MESSAGE_TOKENS = 100;
const COMPACTION_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** Long conversations, written into the tables as the gateway itself would have left them. */
export class SeededSessions {
  private readonly client: Client;
  private readonly userId: string;
  private count = 0;

  private constructor(client: Client, userId: string) {
    this.client = client;
    this.userId = userId;
  }

  static async open(dsn: string, userId: string): Promise<SeededSessions> {
    const client = new Client({ connectionString: dsn });
    await client.connect();
    return new SeededSessions(client, userId);
  }

  /** Sessions of `length` messages whose window is the last twenty; their keys. */
  async compacted(length: number, sessions: number): Promise<string[]> {
    const keys: string[] = [];
    for (let at = 0; at < sessions; at++) {
      const start = Math.max(1, length - WINDOW_MESSAGES + 1);
      keys.push(await this.seed(length, start, start > 1 ? SUMMARY : null));
    }
    return keys;
  }

  /** A session whose window is all of it. */
  neverCompacted(length: number): Promise<string> {
    return this.seed(length, 1, null);
  }

  /** What the server's own maintenance would do later, in the middle of the measuring. */
  async settle(): Promise<void> {
    await this.client.query('VACUUM ANALYZE');
    await this.client.query('CHECKPOINT');
  }

  async untilCompacted(key: string): Promise<void> {
    const deadline = performance.now() + COMPACTION_LIMIT_MS;
    for (;;) {
      const { rows } = await this.client.query<{ count: number }>(
        'SELECT compaction_count AS count FROM sessions WHERE user_id = $1 AND session_key = $2',
        [this.userId, key],
      );
      if ((rows[0]?.count ?? 0) > 0) return;
      if (performance.now() > deadline) throw new Error(`The session ${key} was not compacted.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async seed(length: number, windowStart: number, summary: string | null): Promise<string> {
    const key = `agent:default:bench-${length}-${this.count++}`;
    await this.client.query(
      `WITH s AS (
         INSERT INTO sessions (id, session_key, agent_id, user_id, channel, summary, next_seq, window_start_seq,
           compaction_count)
         SELECT gen_random_uuid(), $1, id, $2, 'http', $3, $4::bigint + 1, $5::bigint, $6 FROM agents
         WHERE agent_key = 'default' RETURNING id
       )
       INSERT INTO session_messages (session_id, seq, id, role, content, tokens)
       SELECT s.id, n, gen_random_uuid(), CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
         jsonb_build_array(jsonb_build_object('type', 'text', 'text', n || ' ' || repeat('word ', $7))), $8
       FROM s, generate_series(1, $4::bigint) AS n`,
      [
        key,
        this.userId,
        summary,
        length,
        windowStart,
        summary === null ? 0 : 1,
        MESSAGE_CHARS / 5,
        MESSAGE_TOKENS,
      ],
    );
    return key;
  }
}
