import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Result } from '@modelcontextprotocol/sdk/types.js';
import { type Clock, VERSION } from '#kernel';
import { McpError } from '../mcp.errors.js';
import { CONNECT_TIMEOUT_MS, PING_TIMEOUT_MS } from '../mcp.limits.js';
import type { McpServerTerms } from '../server/server-terms.js';
import type { OpenedTransport } from './open-transport.js';
import { toMcpError } from './to-mcp-error.js';

const CLIENT_NAME = 'goclaw';
/** What a server may say of itself has no use for its checks here: they would run its own patterns. */
const UNCHECKED = {
  getValidator: () => () => ({ valid: true as const, data: undefined as never, errorMessage: undefined }),
};

export interface Ask {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** For the error: `calling echo`. */
  readonly doing: string;
  readonly onProgress?: (text: string) => void;
}

export interface SessionHooks {
  /** A list of the server is another one now. */
  onChanged(): void;
  onEnded(why: McpError): void;
}

/** One open connection to a server, after the handshake. */
export class McpSession {
  private ended: McpError | undefined;

  private constructor(
    private readonly client: Client,
    private readonly opened: OpenedTransport,
    private readonly terms: McpServerTerms,
  ) {}

  /**
   * @param stop nobody wants it any more
   * @throws McpError; what was begun is closed then
   */
  static async open(
    terms: McpServerTerms,
    opened: OpenedTransport,
    {
      hooks,
      clock,
      stop,
    }: { readonly hooks: SessionHooks; readonly clock: Clock; readonly stop: AbortSignal },
  ): Promise<McpSession> {
    const { Client: SdkClient } = await import('@modelcontextprotocol/sdk/client/index.js');
    const client = new SdkClient(
      { name: CLIENT_NAME, version: VERSION },
      { capabilities: {}, jsonSchemaValidator: UNCHECKED },
    );
    const session = new McpSession(client, opened, terms);
    session.listen(hooks);
    const given = Promise.withResolvers<never>();
    const giveUp = (): void => given.reject(session.notConnected());
    const cancel = clock.after(CONNECT_TIMEOUT_MS, giveUp);
    stop.addEventListener('abort', giveUp, { once: true });
    try {
      stop.throwIfAborted();
      await Promise.race([client.connect(opened.transport, { timeout: CONNECT_TIMEOUT_MS }), given.promise]);
      return session;
    } catch (error) {
      await opened.transport.close().catch(() => undefined);
      throw withDetails(session.explain(error, 'connecting', CONNECT_TIMEOUT_MS), opened);
    } finally {
      cancel();
      stop.removeEventListener('abort', giveUp);
    }
  }

  has(capability: 'tools' | 'resources' | 'prompts'): boolean {
    return this.client.getServerCapabilities()?.[capability] !== undefined;
  }

  /** The server's answer, unchecked. @throws McpError */
  async ask(method: string, params: Record<string, unknown>, ask: Ask): Promise<Result> {
    if (this.ended) throw new McpError('not-sent', this.ended.message, { cause: this.ended });
    const { ResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const { timeoutMs, signal, doing, onProgress } = ask;
    try {
      return await this.client.request({ method, params }, ResultSchema, {
        timeout: timeoutMs,
        ...(signal && { signal }),
        ...(onProgress && { onprogress: (progress) => onProgress(progressText(progress)) }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.explain(error, doing, timeoutMs);
    }
  }

  /** @throws McpError when nobody is there */
  async ping(): Promise<void> {
    try {
      await this.ask('ping', {}, { timeoutMs: PING_TIMEOUT_MS, doing: 'answering a ping' });
    } catch (error) {
      // A server that refuses it is there.
      if (!(error instanceof McpError) || error.reason !== 'answered') throw error;
    }
  }

  async close(): Promise<void> {
    const { transport } = this.opened;
    this.ended ??= new McpError(
      'not-sent',
      `The connection to the MCP server ${this.terms.name} was closed.`,
    );
    await this.client.close().catch(() => undefined);
    await transport.close().catch(() => undefined);
  }

  private listen(hooks: SessionHooks): void {
    const { name } = this.terms;
    this.client.fallbackNotificationHandler = (notification) => {
      if (notification.method.endsWith('/list_changed')) hooks.onChanged();
      return Promise.resolve();
    };
    const onclose = (): void => {
      const why = this.ended ?? new McpError('lost', `The MCP server ${name} closed the connection.`);
      this.ended = why;
      hooks.onEnded(withDetails(why, this.opened));
    };
    const onerror = (error: Error): void => {
      // The older transport comes back without a handshake, to a server that does not know it.
      if (this.terms.address.transport === 'sse' && error.name !== 'SyntaxError' && isStreamError(error))
        void this.client.close();
    };
    Object.assign(this.client, { onclose, onerror });
  }

  private notConnected(): McpError {
    return new McpError(
      'timeout',
      `The MCP server ${this.terms.name} did not finish connecting within ${CONNECT_TIMEOUT_MS / 1_000} s.`,
    );
  }

  private explain(error: unknown, doing: string, timeoutMs: number): McpError {
    const known = toMcpError(error, this.terms.name, doing, timeoutMs);
    // The transports hide why: what the server's own fetch saw says more.
    if (known.reason === 'invalid' || known.reason === 'lost') return this.opened.problem() ?? known;
    return known;
  }
}

function isStreamError(error: Error): boolean {
  return 'event' in error;
}

function withDetails(error: McpError, opened: OpenedTransport): McpError {
  const details = opened.details();
  return details === undefined
    ? error
    : new McpError(error.reason, error.message, { cause: error, details: { stderr: details } });
}

function progressText({
  progress,
  total,
  message,
}: {
  progress: number;
  total?: number;
  message?: string;
}): string {
  const count = total === undefined ? String(progress) : `${progress}/${total}`;
  return message === undefined ? `${count}\n` : `${count} ${message}\n`;
}
