import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Approvals of commands, what was allowed for good, and the tokens of users at MCP servers. */
export class Tools1795651200000 implements MigrationInterface {
  name = 'Tools1795651200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
    for (const table of USER_TABLES) {
      const visible = `${SYSTEM} OR ${OWN}`;
      await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await runner.query(`CREATE POLICY goclaw_rows ON ${table} USING (${visible}) WITH CHECK (${visible})`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...USER_TABLES, 'mcp_oauth_clients']) await runner.query(`DROP TABLE ${table}`);
  }
}

const SYSTEM = `current_setting('goclaw.scope', true) = 'system'`;
const OWN = `user_id = current_setting('goclaw.user', true)`;

const USER_TABLES = ['approvals', 'exec_allowances', 'mcp_oauth_tokens', 'mcp_oauth_flows'];

const AGENT = 'agent_id uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE';
const SERVER = 'server_id uuid NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE';

const UP = [
  // One row for each call that asked. `used_at`: the command was started; until then a crash has changed nothing.
  // `nth`: models may give a call the id of an earlier one. `allowance`: what may be allowed for good; null: nothing.
  `CREATE TABLE approvals (
    id uuid PRIMARY KEY,
    run_id uuid NOT NULL,
    tool_call_id varchar(255) NOT NULL,
    nth int NOT NULL DEFAULT 1,
    user_id varchar(255) NOT NULL,
    ${AGENT},
    session_key varchar(500) NOT NULL,
    tool varchar(100) NOT NULL,
    command text NOT NULL,
    cwd text NOT NULL DEFAULT '',
    place varchar(20) NOT NULL,
    entries jsonb NOT NULL DEFAULT '[]',
    reason text NOT NULL DEFAULT '',
    allowance text,
    state varchar(20) NOT NULL DEFAULT 'pending',
    decision varchar(20),
    decided_by varchar(255),
    decided_at timestamptz(3),
    used_at timestamptz(3),
    expires_at timestamptz(3) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (run_id, tool_call_id, nth)
  )`,
  `CREATE INDEX idx_approvals_pending ON approvals (user_id, created_at, id) WHERE state = 'pending'`,
  `CREATE INDEX idx_approvals_user ON approvals (user_id, created_at DESC, id DESC)`,
  `CREATE INDEX idx_approvals_created ON approvals (created_at DESC, id DESC)`,

  // `entry`: one command, in the one form in which it is compared; the hash is of it, its tool, place and directory.
  `CREATE TABLE exec_allowances (
    id uuid PRIMARY KEY,
    ${AGENT},
    user_id varchar(255) NOT NULL,
    tool varchar(100) NOT NULL,
    place varchar(20) NOT NULL,
    cwd text NOT NULL DEFAULT '',
    entry text NOT NULL,
    entry_hash bytea NOT NULL,
    created_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (agent_id, user_id, entry_hash)
  )`,
  `CREATE INDEX idx_exec_allowances_user ON exec_allowances (user_id, created_at, id)`,

  // What the gateway is at the authorization server of an MCP server: sealed JSON.
  `CREATE TABLE mcp_oauth_clients (
    server_id uuid PRIMARY KEY REFERENCES mcp_servers (id) ON DELETE CASCADE,
    client text NOT NULL,
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE mcp_oauth_tokens (
    id uuid PRIMARY KEY,
    ${SERVER},
    user_id varchar(255) NOT NULL,
    tokens text NOT NULL,
    scope text NOT NULL DEFAULT '',
    expires_at timestamptz(3),
    refreshing_until timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (server_id, user_id)
  )`,
  `CREATE INDEX idx_mcp_oauth_tokens_user ON mcp_oauth_tokens (user_id)`,
  // A user on his way through the authorization server: sealed JSON with the PKCE verifier.
  `CREATE TABLE mcp_oauth_flows (
    id uuid PRIMARY KEY,
    state_hash bytea NOT NULL UNIQUE,
    ${SERVER},
    user_id varchar(255) NOT NULL,
    flow text NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX idx_mcp_oauth_flows_user ON mcp_oauth_flows (user_id)`,
];
