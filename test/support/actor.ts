import type { RunningGateway } from './gateway/index.js';
import { RawSocket, type ReceivedFrame } from './raw-socket.js';

/** How somebody proves who it is, on HTTP and on the socket. */
export interface ActorCredentials {
  readonly token: string;
  /** Absent: the token says who it is. */
  readonly userId?: string;
}

export interface ActorAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** Somebody who uses the gateway over HTTP and one socket, and remembers everything it was told. */
export class Actor implements Disposable {
  private readonly told: string[] = [];

  private constructor(
    private readonly gateway: Pick<RunningGateway, 'url'>,
    private readonly credentials: ActorCredentials,
    readonly socket: RawSocket,
  ) {}

  static async enter(
    gateway: Pick<RunningGateway, 'url' | 'wsUrl'>,
    credentials: ActorCredentials,
  ): Promise<Actor> {
    const { token, userId } = credentials;
    return new Actor(gateway, credentials, await RawSocket.connect({ wsUrl: gateway.wsUrl, token }, userId));
  }

  /** Everything that came to it, as text. */
  get seen(): readonly string[] {
    return [...this.told, ...this.socket.frames.map((frame) => JSON.stringify(frame))];
  }

  async http(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ActorAnswer> {
    const { token, userId } = this.credentials;
    const response = await fetch(`${this.gateway.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(userId !== undefined && { 'x-goclaw-user-id': userId }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    this.told.push(`${method} ${path} ${response.status} ${JSON.stringify([...response.headers])} ${text}`);
    return { status: response.status, body: objectOf(text), text };
  }

  /** As {@link http}, for what must succeed. */
  async done(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.http(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
  }

  call(method: string, params?: object): Promise<ReceivedFrame> {
    return this.socket.request(method, params);
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
