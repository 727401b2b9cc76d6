/** A table with rows of users: what an export shows of it, and what an erasure removes. */
export interface UserTable {
  readonly table: string;
  /** Which rows are a user's; $1 is his id. */
  readonly own: string;
  /** Its primary key, with types: the order of an export. */
  readonly key: readonly (readonly [column: string, type: string])[];
  /** What is not the user's to see: hashes of secrets, the gateway's own marks. */
  readonly hidden?: readonly string[];
  /** Its rows let somebody in. */
  readonly opens?: true;
}

const ID = [['id', 'uuid']] as const;
const BY_USER = 'user_id = $1';

function through(parent: string, key: string): string {
  return `${key} IN (SELECT id FROM ${parent} WHERE ${BY_USER})`;
}

/**
 * Every table with rows of users, those that hang on others first: an erasure takes them in this order. A test compares
 * it with the tables that there are. Not among them is `audit_log`: who did what is kept for its own time.
 */
export const USER_TABLES: readonly UserTable[] = [
  { table: 'api_keys', own: BY_USER, key: ID, hidden: ['key_hash', 'previous_hash'], opens: true },
  { table: 'paired_devices', own: BY_USER, key: ID, hidden: ['sender_secret_hash'], opens: true },
  {
    table: 'pairing_requests',
    own: 'requested_by = $1',
    key: ID,
    hidden: ['code', 'sender_secret_hash'],
  },
  { table: 'agent_shares', own: BY_USER, key: ID },
  { table: 'approvals', own: BY_USER, key: ID },
  { table: 'exec_allowances', own: BY_USER, key: ID, hidden: ['entry_hash'] },
  { table: 'mcp_oauth_flows', own: BY_USER, key: ID, hidden: ['state_hash', 'flow'] },
  { table: 'mcp_oauth_tokens', own: BY_USER, key: ID, hidden: ['tokens'] },
  { table: 'skill_user_grants', own: BY_USER, key: ID },
  { table: 'mcp_user_grants', own: BY_USER, key: ID },
  { table: 'mcp_access_requests', own: 'user_id = $1 OR requested_by = $1', key: ID },
  { table: 'user_agent_overrides', own: BY_USER, key: ID },
  { table: 'user_context_files', own: BY_USER, key: ID },
  { table: 'inbound_messages', own: through('runs', 'run_id'), key: ID },
  { table: 'outbox', own: BY_USER, key: ID, hidden: ['lease_owner', 'lease_until'] },
  {
    table: 'run_events',
    own: through('runs', 'run_id'),
    key: [
      ['run_id', 'uuid'],
      ['attempt', 'int'],
      ['seq', 'int'],
    ],
  },
  { table: 'runs', own: BY_USER, key: ID, hidden: ['lease_owner', 'lease_until', 'request_hash'] },
  { table: 'spans', own: through('traces', 'trace_id'), key: ID },
  { table: 'traces', own: BY_USER, key: ID },
  {
    table: 'session_messages',
    own: through('sessions', 'session_id'),
    key: [
      ['session_id', 'uuid'],
      ['seq', 'bigint'],
    ],
  },
  { table: 'sessions', own: BY_USER, key: ID },
  { table: 'user_agent_profiles', own: BY_USER, key: [['agent_id', 'uuid']] },
];

/** Columns that name who did something to an object that stays; after an erasure they name nobody. */
export const PROVENANCE: readonly (readonly [table: string, column: string])[] = [
  ['agent_shares', 'granted_by'],
  ['approvals', 'decided_by'],
  ['api_keys', 'created_by'],
  ['api_keys', 'revoked_by'],
  ['channel_instances', 'created_by'],
  ['custom_tools', 'created_by'],
  ['exec_allowances', 'created_by'],
  ['mcp_access_requests', 'reviewed_by'],
  ['mcp_agent_grants', 'granted_by'],
  ['mcp_servers', 'created_by'],
  ['mcp_user_grants', 'granted_by'],
  ['paired_devices', 'paired_by'],
  ['skill_agent_grants', 'granted_by'],
  ['skill_user_grants', 'granted_by'],
];

/** Objects that belong to a user and that others may use: whoever erases him says what becomes of them. */
export const OWNED_OBJECTS = [
  {
    table: 'agents',
    name: 'agent_key',
    live: 'deleted_at IS NULL',
    remove: 'deleted_at = now()',
    // There is always a default agent: it is everybody's, whoever owns it.
    stays: 'is_default',
  },
  { table: 'skills', name: 'slug', live: `status = 'active'`, remove: `status = 'archived'`, stays: 'false' },
] as const;

/** Who is named where an erased user was. */
export const ERASED_USER = 'erased';
