import { GoClawClient } from '#client';
import { Conversation, type ConversationOptions } from './conversation.js';
import type { Ledger } from './ledger.js';
import type { Moments } from './moments.js';
import type { Random } from './random.js';
import type { Recoveries } from './recoveries.js';

const TOKEN = 'test-token-0123456789';
/** Quick, so that what is measured is the gateway's time. */
const RECONNECT = { reconnectMinMs: 20, reconnectMaxMs: 250 } as const;

export interface CrowdOptions extends Pick<ConversationOptions, 'outstanding' | 'kind'> {
  /** Where clients connect. */
  readonly url: string;
  readonly people: number;
  readonly sessionsEach: number;
  readonly ledger: Ledger;
  readonly moments: Moments;
  readonly recoveries: Recoveries;
  readonly random: Random;
  /** Begin of the names of its sessions. */
  readonly name?: string;
  /** As a client has it by default, instead of quick. */
  readonly usualReconnect?: boolean;
}

/** People with conversations, each person with a connection. */
export class Crowd implements Disposable {
  readonly conversations: readonly Conversation[];
  private readonly clients: readonly GoClawClient[];
  private isOver = false;
  private going: Promise<unknown> = Promise.resolve();

  constructor(options: CrowdOptions) {
    const {
      url,
      people,
      sessionsEach,
      recoveries,
      random,
      name = 'p',
      usualReconnect = false,
      ...rest
    } = options;
    this.clients = Array.from({ length: people }, (_, person) => {
      const pace = usualReconnect ? {} : RECONNECT;
      const client = new GoClawClient({ url, token: TOKEN, userId: `${name}-${person + 1}`, ...pace });
      client.on('agent', (event) => recoveries.see(event));
      client.on('chat', (event) => recoveries.see(event));
      return client;
    });
    this.conversations = this.clients.flatMap((client, person) =>
      Array.from({ length: sessionsEach }, (_, at) => {
        const session = `${name}${person + 1}-s${at + 1}`;
        return new Conversation({ client, session, random: random.fork(session), ...rest });
      }),
    );
  }

  /** Everybody is there: the library makes a connection again only that it once had. */
  async connect(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.connect()));
  }

  /** Everybody writes until `finish`. */
  start(): void {
    this.going = Promise.all(this.conversations.map((conversation) => conversation.goOn(() => this.isOver)));
  }

  /** Nobody writes any more; resolves when all that was written is answered. */
  async finish(): Promise<void> {
    this.isOver = true;
    await this.going;
  }

  [Symbol.dispose](): void {
    for (const client of this.clients) client.close();
  }
}
