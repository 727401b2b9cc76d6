import { createHash } from 'node:crypto';

export interface StdioAddress {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface HttpAddress {
  readonly transport: 'sse' | 'streamable-http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How an MCP server is reached and what is offered of it. Secrets are in clear: it stays in memory. */
export interface McpServerTerms {
  /** `config:<name>`, or the id of its row. */
  readonly key: string;
  /** Of its row. */
  readonly id?: string;
  readonly name: string;
  readonly address: StdioAddress | HttpAddress;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** Each user has a connection of his own, because the server is told who he is, or keeps something of him. */
  readonly isPerUser: boolean;
  /** Nobody is let in without a token of his own. */
  readonly needsOAuth: boolean;
  /** Why it cannot be used as it is. */
  readonly broken?: string;
  /** Others for other terms: connections that were made on others are not used any more. */
  readonly fingerprint: string;
}

export function withFingerprint(terms: Omit<McpServerTerms, 'fingerprint'>): McpServerTerms {
  const text = JSON.stringify(terms);
  return { ...terms, fingerprint: createHash('sha256').update(text).digest('base64url') };
}

export function isHttp(address: McpServerTerms['address']): address is HttpAddress {
  return address.transport !== 'stdio';
}
