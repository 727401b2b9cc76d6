import type { RunningGateway } from './gateway/index.js';

/** What a route answered. */
export interface RestAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly etag: string | undefined;
}

/** Somebody who asks the REST routes of a gateway. */
export class RestClient {
  constructor(
    private readonly gateway: Pick<RunningGateway, 'url' | 'wsUrl'>,
    readonly token: string,
    readonly userId: string | undefined,
  ) {}

  /** The gateway's own token, for one user: an admin. */
  static admin(gateway: RunningGateway, userId = 'root'): RestClient {
    return new RestClient(gateway, gateway.token, userId);
  }

  /** Somebody with an API key that is bound to one user. */
  async bound(userId: string, role: 'viewer' | 'operator' | 'admin' = 'operator'): Promise<RestClient> {
    const key = { name: `of ${userId}`, role, user_id: userId };
    const made = await this.done('POST', '/v1/api-keys', key);
    return new RestClient(this.gateway, String(made['key']), undefined);
  }

  /** The same caller at another replica. */
  at(gateway: RunningGateway): RestClient {
    return new RestClient(gateway, this.token, this.userId);
  }

  /** For a socket of the same caller. */
  get entry(): { readonly wsUrl: string; readonly token: string } {
    return { wsUrl: this.gateway.wsUrl, token: this.token };
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer> {
    const response = await fetch(`${this.gateway.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(this.userId !== undefined && { 'x-goclaw-user-id': this.userId }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      etag: response.headers.get('etag') ?? undefined,
    };
  }

  /** As {@link call}, for what must succeed. */
  async done(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.call(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** The status, and what the error says. */
  async refusal(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.call(method, path, body);
    const { message } = (answer.body['error'] ?? {}) as { message?: string };
    return `${answer.status} ${message ?? JSON.stringify(answer.body)}`;
  }

  /** Asks an agent, statelessly; its answer, or the status and code of the refusal. */
  async ask(agentKey: string, content = 'Hello'): Promise<string> {
    const { status, body } = await this.call('POST', '/v1/chat/completions', {
      model: `goclaw:${agentKey}`,
      messages: [{ role: 'user', content }],
    });
    if (status !== 200) return `${status} ${String((body['error'] as { code?: string }).code)}`;
    const [choice] = body['choices'] as { message: { content: string } }[];
    return choice?.message.content ?? '';
  }
}
