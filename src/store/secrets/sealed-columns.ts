/** A column that holds sealed text, of a table whose rows `key` tells apart. */
export interface SealedColumn {
  readonly table: string;
  readonly key: string;
  readonly column: string;
}

/**
 * Every column that holds secrets. A rotation seals these anew and a start checks them; a secret in any other column
 * would be lost with its old key.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'llm_providers', key: 'id', column: 'api_key' },
  { table: 'mcp_servers', key: 'id', column: 'api_key' },
  { table: 'mcp_servers', key: 'id', column: 'headers' },
  { table: 'mcp_servers', key: 'id', column: 'env' },
  { table: 'mcp_oauth_clients', key: 'server_key', column: 'client' },
  { table: 'mcp_oauth_tokens', key: 'id', column: 'tokens' },
  { table: 'mcp_oauth_flows', key: 'id', column: 'flow' },
  { table: 'custom_tools', key: 'id', column: 'env' },
  { table: 'channel_instances', key: 'id', column: 'credentials' },
  { table: 'config_secrets', key: 'key', column: 'value' },
];
