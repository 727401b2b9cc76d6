import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '#kernel';
import type { HostProcesses } from '#processes';
import type { McpError } from '../mcp.errors.js';
import { type HttpAddress, type McpServerTerms, isHttp } from '../server/server-terms.js';
import { ServerFetch } from './server-fetch.js';
import { StdioTransport } from './stdio-transport.js';
import { WatchedTransport } from './watched-transport.js';

/** An answer may take as long as its call, and a little more to say so. */
const ANSWER_GRACE_MS = 5_000;

export interface OpenedTransport {
  readonly transport: Transport;
  /** Why the server, or the way to it, refused last. */
  problem(): McpError | undefined;
  /** What an admin may read beside the error. */
  details(): string | undefined;
}

/** @param authorization `Bearer …` of the user, where he has one */
export async function openTransport(
  terms: McpServerTerms,
  { clock, processes }: { readonly clock: Clock; readonly processes: HostProcesses },
  authorization?: () => Promise<string | undefined>,
): Promise<OpenedTransport> {
  const { name, address } = terms;
  if (!isHttp(address)) {
    const { JSONRPCMessageSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const parse = (line: string): JSONRPCMessage => JSONRPCMessageSchema.parse(JSON.parse(line));
    const stdio = new StdioTransport(name, address, parse, processes, clock);
    return {
      transport: new WatchedTransport(stdio, name, clock),
      problem: () => stdio.problem,
      details: () => stdio.lastWords || undefined,
    };
  }
  const answerMaxMs = terms.timeoutMs + ANSWER_GRACE_MS;
  const server = new ServerFetch({ name, address, answerMaxMs, ...(authorization && { authorization }) });
  return {
    transport: new WatchedTransport(await httpTransport(address, server), name, clock),
    problem: () => server.lastProblem,
    details: () => undefined,
  };
}

async function httpTransport({ transport, url }: HttpAddress, server: ServerFetch): Promise<Transport> {
  if (transport === 'sse') {
    const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
    return new SSEClientTransport(new URL(url), { fetch: server.fetch });
  }
  const { StreamableHTTPClientTransport } =
    await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  return new StreamableHTTPClientTransport(new URL(url), { fetch: server.fetch });
}
