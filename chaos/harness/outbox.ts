import { Client } from 'pg';

const POLL_MS = 200;

/** Reads from the database what the outbox says of replies. */
export class Outbox implements AsyncDisposable {
  /** Ids on the platform of messages whose reply is in doubt for good. */
  readonly unknown = new Set<string>();
  private readonly client: Client;
  private readonly timer: NodeJS.Timeout;
  private reading = false;

  private constructor(client: Client) {
    this.client = client;
    this.timer = setInterval(() => void this.read(), POLL_MS);
  }

  static async watch(dsn: string): Promise<Outbox> {
    const client = new Client({ connectionString: dsn });
    await client.connect();
    return new Outbox(client);
  }

  /** How many replies are in each state. */
  async states(): Promise<Record<string, number>> {
    const { rows } = await this.client.query<{ state: string; count: string }>(
      'SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    await this.client.end();
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT inbound.platform_message_id AS id FROM outbox
       JOIN inbound_messages AS inbound ON inbound.run_id = outbox.run_id WHERE outbox.state = 'unknown'`,
    );
    for (const { id } of rows) this.unknown.add(id);
    this.reading = false;
  }
}
