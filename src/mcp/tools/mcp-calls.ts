import { Injectable } from '@nestjs/common';
import { errorResult, type ToolContext, type ToolResult } from '#contracts';
import { AppError } from '#kernel';
import { McpAccess } from '../access/mcp-access.js';
import { isGranted } from '../access/tool-terms.js';
import { McpConnections } from '../connection/mcp-connections.js';
import type { McpLink } from '../connection/mcp-link.js';
import type { McpSession } from '../connection/mcp-session.js';
import { McpError } from '../mcp.errors.js';
import { unauthorizedFor } from '../oauth/mcp-tokens.js';
import { McpCatalog } from '../server/mcp-catalog.js';

/** Which tool of which server. */
export interface McpToolRef {
  readonly serverKey: string;
  readonly serverName: string;
  /** As the server has it. */
  readonly tool: string;
  readonly isReadOnly: boolean;
}

export type ServerWork = (session: McpSession, link: McpLink) => Promise<ToolResult>;

/** Calls servers for runs: by what is granted and configured now, not by what was when the run began. */
@Injectable()
export class McpCalls {
  constructor(
    private readonly catalog: McpCatalog,
    private readonly access: McpAccess,
    private readonly connections: McpConnections,
  ) {}

  /** What goes wrong with a server is a result. */
  async call(ref: McpToolRef, context: ToolContext, work: ServerWork): Promise<ToolResult> {
    const { run, signal } = context;
    try {
      const terms = await this.catalog.find(ref.serverKey);
      if (!terms)
        return errorResult(`The MCP server ${ref.serverName} was removed or switched off; do without it.`);
      const granted = await this.access.termsFor(terms, run);
      if (!granted || !isGranted(granted, ref.tool))
        return errorResult(
          `The tool ${ref.tool} of the MCP server ${ref.serverName} is no longer granted to you; do without it.`,
        );
      const link = await this.connections.linkFor(terms, run);
      return await link
        .use(signal, (session) => work(session, link))
        .catch((error: unknown) => {
          throw unauthorizedFor(error, terms);
        });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return errorResult(`${error.message}${doubtOf(error, ref)}`);
    }
  }
}

/** What was asked may have been done. */
function doubtOf(error: AppError, { isReadOnly }: McpToolRef): string {
  const isUnknown =
    error instanceof McpError &&
    ['lost', 'timeout', 'unreachable', 'invalid', 'limit'].includes(error.reason);
  return isUnknown && !isReadOnly
    ? ' If it was called, its outcome is unknown: it may have taken effect.'
    : '';
}
