import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { AppError, Clock } from '#kernel';
import { SealedFields } from '#permissions';
import { McpServerStore } from '#store';
import { McpConnections } from './connection/mcp-connections.js';
import type { LinkStatus } from './connection/mcp-link.js';
import { noServer } from './mcp-grants.js';
import { CONNECT_TIMEOUT_MS } from './mcp.limits.js';
import { unauthorizedFor } from './oauth/mcp-tokens.js';
import { termsOfRow } from './server/terms-of-row.js';
import { serverOffer } from './tools/server-offer.js';
import { McpCalls } from './tools/mcp-calls.js';
import { EVERY_TOOL } from './access/tool-terms.js';

/** How a server is connected at this replica. */
export type McpConnectionView = LinkStatus & {
  /** Connections of single users. */
  readonly users?: number;
};

/** What a connection that was made to try it found. */
export interface McpTestResult {
  readonly ok: boolean;
  readonly error?: string;
  readonly stderr?: string;
  /** As models call them. */
  readonly tools: readonly string[];
  /** What the server lists and cannot be offered. */
  readonly withheld: readonly string[];
  readonly duration_ms: number;
}

/** For admins: how servers are connected, and whether they can be. */
@Injectable()
export class McpStatus {
  constructor(
    private readonly store: McpServerStore,
    private readonly sealed: SealedFields,
    private readonly connections: McpConnections,
    private readonly calls: McpCalls,
    private readonly clock: Clock,
  ) {}

  of(id: string): McpConnectionView {
    return this.connections.statusOf(id);
  }

  /** Connects once, as the caller, also to a server that is switched off. @throws RecordError `not-found` */
  async test(caller: Caller, id: string): Promise<McpTestResult> {
    const row = await this.store.find(id);
    if (!row) throw noServer(id);
    const terms = termsOfRow(row, this.sealed);
    const start = this.clock.monotonic();
    const took = (): number => Math.round(this.clock.monotonic() - start);
    try {
      const link = await this.connections.apart(terms, { caller, agent: { id: '', key: '' } });
      try {
        const listing = await link.listed(CONNECT_TIMEOUT_MS);
        const { tools, withheld } = serverOffer(this.calls, terms, listing, EVERY_TOOL);
        const names = tools.map(({ spec }) => spec.name);
        return {
          ok: true,
          tools: names,
          withheld: withheld.map(({ reason }) => reason),
          duration_ms: took(),
        };
      } finally {
        await link.close();
      }
    } catch (cause) {
      const error = unauthorizedFor(cause, terms);
      if (!(error instanceof AppError)) throw error;
      const stderr: unknown = error.details?.['stderr'];
      return {
        ok: false,
        error: error.message,
        ...(typeof stderr === 'string' && { stderr }),
        tools: [],
        withheld: [],
        duration_ms: took(),
      };
    }
  }
}
