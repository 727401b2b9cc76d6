import { MASK } from '#config';
import { badField, type GivenSecret, type GivenSecrets, type SealedFields } from '#permissions';
import type { McpServerRow } from '#store';

export const MCP_TRANSPORTS = ['stdio', 'sse', 'streamable-http'] as const;
export type McpTransport = (typeof MCP_TRANSPORTS)[number];

/** What an admin sets of an MCP server. */
export interface McpServerInput {
  readonly name: string;
  readonly display_name?: string | null;
  readonly transport: McpTransport;
  /** For `stdio`. */
  readonly command?: string | null;
  readonly args?: readonly string[] | null;
  /** For the other transports. */
  readonly url?: string | null;
  readonly headers?: GivenSecrets;
  readonly env?: GivenSecrets;
  readonly api_key?: GivenSecret;
  readonly tool_prefix?: string | null;
  readonly timeout_sec?: number;
  readonly settings?: Readonly<Record<string, unknown>> | null;
  readonly enabled?: boolean;
}

/** An MCP server as it is shown: `***` for each secret. */
export interface McpServerView {
  readonly id: string;
  readonly name: string;
  readonly display_name?: string;
  readonly transport: string;
  readonly command?: string;
  readonly args: readonly string[];
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly api_key?: '***';
  readonly tool_prefix?: string;
  /** Seconds. */
  readonly timeout_sec: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly created_by: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Its secrets were sealed with another encryption key: they must be set again. */
  readonly secrets_unreadable?: true;
}

type Columns = Partial<Omit<McpServerRow, 'id' | 'version' | 'created_at' | 'updated_at' | 'created_by'>>;

/** Columns of what is given. @throws RecordError */
export function columnsOf(
  input: Partial<McpServerInput>,
  before: McpServerRow | undefined,
  sealed: SealedFields,
): Columns {
  const { headers, env, api_key, args, settings, display_name, tool_prefix, command, url, ...plain } = input;
  requireAddress({
    transport: input.transport ?? before?.transport ?? 'stdio',
    command: command === undefined ? before?.command : command,
    url: url === undefined ? before?.url : url,
  });
  requireSecretsAgain(input, before);
  const secrets = {
    headers: sealed.map('headers', headers, before?.headers),
    env: sealed.map('env', env, before?.env),
    api_key: sealed.text(api_key),
  };
  return {
    ...given(plain),
    ...given({ display_name, tool_prefix, command, url }, (value) => value || null),
    ...(args !== undefined && { args: args ?? [] }),
    ...(settings !== undefined && { settings: settings ?? {} }),
    ...given(secrets),
  };
}

export function showServer(row: McpServerRow, sealed: SealedFields): McpServerView {
  const { display_name, command, url, headers, env, api_key, tool_prefix, created_at, updated_at, ...rest } =
    row;
  const shownHeaders = sealed.showMap(headers);
  const shownEnv = sealed.showMap(env);
  return {
    ...rest,
    ...(display_name !== null && { display_name }),
    ...(command !== null && { command }),
    ...(url !== null && { url }),
    ...(shownHeaders && { headers: shownHeaders }),
    ...(shownEnv && { env: shownEnv }),
    ...(api_key !== null && { api_key: '***' }),
    ...(tool_prefix !== null && { tool_prefix }),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
    ...((!shownHeaders || !shownEnv) && { secrets_unreadable: true }),
  };
}

/** What is stored goes to no other host than the one that it was given for. @throws RecordError */
function requireSecretsAgain(
  { url, headers, api_key }: Partial<McpServerInput>,
  before: McpServerRow | undefined,
): void {
  if (!before || !url || originOf(url) === originOf(before.url ?? '')) return;
  const kept = [
    ['headers', before.headers !== null && keepsSome(headers)],
    ['api_key', before.api_key !== null && (api_key === undefined || api_key === MASK || api_key === '')],
  ] as const;
  const name = kept.find(([, isKept]) => isKept)?.[0];
  if (name !== undefined)
    throw badField(
      name,
      'is required again when a server moves to another host: what is stored is sent to nobody else',
    );
}

function keepsSome(secrets: GivenSecrets): boolean {
  return secrets === undefined || Object.values(secrets ?? {}).includes(MASK);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function requireAddress(server: {
  readonly transport: string;
  readonly command: string | null | undefined;
  readonly url: string | null | undefined;
}): void {
  const { transport, command, url } = server;
  if (transport === 'stdio' && !command) throw badField('command', 'is required for the transport stdio');
  if (transport !== 'stdio' && !url) throw badField('url', `is required for the transport ${transport}`);
}

/** Without what is `undefined`. */
function given<T extends object>(
  values: T,
  change: (value: T[keyof T]) => unknown = (value) => value,
): Partial<T> {
  const entries = Object.entries(values) as [string, T[keyof T]][];
  const kept = entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(kept) as Partial<T>;
}
