import type { SealedFields } from '#permissions';
import type { McpServerRow } from '#store';
import { type McpServerTerms, type StdioAddress, type HttpAddress, withFingerprint } from './server-terms.js';
import { namesUser } from './user-placeholders.js';

const AUTHORIZATION = 'authorization';

/** A server of the database, with its secrets opened. What cannot be opened is said in `broken`. */
export function termsOfRow(row: McpServerRow, sealed: SealedFields): McpServerTerms {
  try {
    return withFingerprint(termsWith(row, addressOf(row, sealed)));
  } catch {
    // The gateway must go on without the server when the key is lost; whoever wants the server is told why.
    const broken = `The secrets of the MCP server ${row.name} were sealed with another encryption key: an admin has to set them again.`;
    const address: StdioAddress = { transport: 'stdio', command: '', args: [], env: {} };
    return withFingerprint({ ...termsWith(row, address), broken });
  }
}

function termsWith(
  row: McpServerRow,
  address: McpServerTerms['address'],
): Omit<McpServerTerms, 'fingerprint'> {
  const { per_user, oauth } = row.settings;
  const needsOAuth = oauth === true && address.transport !== 'stdio';
  const texts = address.transport === 'stdio' ? address.env : address.headers;
  return {
    key: row.id,
    id: row.id,
    name: row.name,
    address,
    prefix: row.tool_prefix ?? '',
    timeoutMs: row.timeout_sec * 1_000,
    isPerUser: per_user === true || needsOAuth || namesUser(texts),
    needsOAuth,
  };
}

function addressOf(row: McpServerRow, sealed: SealedFields): StdioAddress | HttpAddress {
  const { command, args, url } = row;
  const transport = row.transport;
  if (transport !== 'sse' && transport !== 'streamable-http')
    return { transport: 'stdio', command: command ?? '', args, env: opened(row.env, sealed) };
  const headers = opened(row.headers, sealed);
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === AUTHORIZATION);
  const key = row.api_key !== null && !hasOwn ? sealed.openText(row.api_key) : undefined;
  return {
    transport,
    url: url ?? '',
    headers: key === undefined ? headers : { ...headers, [AUTHORIZATION]: `Bearer ${key}` },
  };
}

function opened(stored: string | null, sealed: SealedFields): Readonly<Record<string, string>> {
  return stored === null ? {} : sealed.openMap(stored);
}
