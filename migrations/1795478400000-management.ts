import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a company needs to run agents for many: keys, providers, shares, context files, records of tools, skills and
 * channels, pairing, sealed secrets, the audit log. Editable rows carry a `version`, which is their ETag.
 */
export class Management1795478400000 implements MigrationInterface {
  name = 'Management1795478400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const TIMES = `created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1`;

const AGENT = 'agent_id uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE';

const UP = [
  `ALTER TABLE agents ADD COLUMN version int NOT NULL DEFAULT 1`,
  `CREATE UNIQUE INDEX idx_agents_default ON agents (is_default) WHERE is_default AND deleted_at IS NULL`,
  `CREATE INDEX idx_agents_created ON agents (created_at DESC, id DESC) WHERE deleted_at IS NULL`,

  `CREATE TABLE llm_providers (
    id uuid PRIMARY KEY,
    name varchar(50) NOT NULL UNIQUE,
    display_name varchar(255),
    provider_type varchar(30) NOT NULL DEFAULT 'openai_compat',
    api_base text,
    api_key text,
    enabled boolean NOT NULL DEFAULT true,
    settings jsonb NOT NULL DEFAULT '{}',
    ${TIMES}
  )`,

  `CREATE TABLE agent_shares (
    id uuid PRIMARY KEY,
    ${AGENT},
    user_id varchar(255) NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'user',
    granted_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (agent_id, user_id)
  )`,
  `CREATE INDEX idx_agent_shares_user ON agent_shares (user_id)`,

  `CREATE TABLE agent_context_files (
    id uuid PRIMARY KEY,
    ${AGENT},
    file_name varchar(255) NOT NULL,
    content text NOT NULL DEFAULT '',
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1,
    UNIQUE (agent_id, file_name)
  )`,
  `CREATE TABLE user_context_files (
    id uuid PRIMARY KEY,
    ${AGENT},
    user_id varchar(255) NOT NULL,
    file_name varchar(255) NOT NULL,
    content text NOT NULL DEFAULT '',
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1,
    UNIQUE (agent_id, user_id, file_name)
  )`,
  `CREATE INDEX idx_user_context_files_user ON user_context_files (user_id)`,

  `CREATE TABLE user_agent_profiles (
    ${AGENT},
    user_id varchar(255) NOT NULL,
    tenant varchar(255),
    workspace text,
    first_seen_at timestamptz(3) NOT NULL DEFAULT now(),
    last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (agent_id, user_id)
  )`,
  `CREATE INDEX idx_user_agent_profiles_user ON user_agent_profiles (user_id)`,
  `CREATE INDEX idx_user_agent_profiles_tenant ON user_agent_profiles (tenant, user_id) WHERE tenant IS NOT NULL`,

  `CREATE TABLE user_agent_overrides (
    id uuid PRIMARY KEY,
    ${AGENT},
    user_id varchar(255) NOT NULL,
    provider varchar(50),
    model varchar(200),
    settings jsonb NOT NULL DEFAULT '{}',
    ${TIMES},
    UNIQUE (agent_id, user_id)
  )`,
  `CREATE INDEX idx_user_agent_overrides_user ON user_agent_overrides (user_id)`,

  `CREATE TABLE skills (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL,
    slug varchar(255) NOT NULL,
    description text,
    owner_id varchar(255) NOT NULL,
    visibility varchar(10) NOT NULL DEFAULT 'private',
    revision int NOT NULL DEFAULT 1,
    status varchar(20) NOT NULL DEFAULT 'active',
    frontmatter jsonb NOT NULL DEFAULT '{}',
    file_path text NOT NULL,
    file_size bigint NOT NULL DEFAULT 0,
    file_hash varchar(64),
    tags text[] NOT NULL DEFAULT '{}',
    ${TIMES}
  )`,
  `CREATE UNIQUE INDEX idx_skills_slug ON skills (slug) WHERE status = 'active'`,
  `CREATE INDEX idx_skills_owner ON skills (owner_id)`,
  `CREATE TABLE skill_agent_grants (
    id uuid PRIMARY KEY,
    skill_id uuid NOT NULL REFERENCES skills (id) ON DELETE CASCADE,
    ${AGENT},
    pinned_version int NOT NULL,
    granted_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (skill_id, agent_id)
  )`,
  `CREATE INDEX idx_skill_agent_grants_agent ON skill_agent_grants (agent_id)`,
  `CREATE TABLE skill_user_grants (
    id uuid PRIMARY KEY,
    skill_id uuid NOT NULL REFERENCES skills (id) ON DELETE CASCADE,
    user_id varchar(255) NOT NULL,
    granted_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (skill_id, user_id)
  )`,
  `CREATE INDEX idx_skill_user_grants_user ON skill_user_grants (user_id)`,

  // What holds secrets (`api_key`, `headers`, `env`, `credentials`, `value`) is sealed text, never jsonb.
  `CREATE TABLE mcp_servers (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL UNIQUE,
    display_name varchar(255),
    transport varchar(50) NOT NULL,
    command text,
    args jsonb NOT NULL DEFAULT '[]',
    url text,
    headers text,
    env text,
    api_key text,
    tool_prefix varchar(50),
    timeout_sec int NOT NULL DEFAULT 60,
    settings jsonb NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    created_by varchar(255) NOT NULL,
    ${TIMES}
  )`,
  `CREATE TABLE mcp_agent_grants (
    id uuid PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
    ${AGENT},
    enabled boolean NOT NULL DEFAULT true,
    tool_allow jsonb,
    tool_deny jsonb,
    config_overrides jsonb,
    granted_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (server_id, agent_id)
  )`,
  `CREATE INDEX idx_mcp_agent_grants_agent ON mcp_agent_grants (agent_id)`,
  `CREATE TABLE mcp_user_grants (
    id uuid PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
    user_id varchar(255) NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    tool_allow jsonb,
    tool_deny jsonb,
    granted_by varchar(255) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (server_id, user_id)
  )`,
  `CREATE INDEX idx_mcp_user_grants_user ON mcp_user_grants (user_id)`,
  `CREATE TABLE mcp_access_requests (
    id uuid PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
    agent_id uuid REFERENCES agents (id) ON DELETE CASCADE,
    user_id varchar(255),
    scope varchar(10) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    reason text,
    tool_allow jsonb,
    requested_by varchar(255) NOT NULL,
    reviewed_by varchar(255),
    reviewed_at timestamptz(3),
    review_note text,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX idx_mcp_access_requests_pending ON mcp_access_requests (created_at, id) WHERE status = 'pending'`,
  `CREATE UNIQUE INDEX idx_mcp_access_requests_open
    ON mcp_access_requests (server_id, scope, coalesce(agent_id::text, user_id)) WHERE status = 'pending'`,
  `CREATE INDEX idx_mcp_access_requests_server ON mcp_access_requests (server_id)`,

  `CREATE TABLE custom_tools (
    id uuid PRIMARY KEY,
    name varchar(100) NOT NULL,
    description text NOT NULL DEFAULT '',
    parameters jsonb NOT NULL DEFAULT '{}',
    command text NOT NULL,
    working_dir text NOT NULL DEFAULT '',
    timeout_seconds int NOT NULL DEFAULT 60,
    env text,
    agent_id uuid REFERENCES agents (id) ON DELETE CASCADE,
    enabled boolean NOT NULL DEFAULT true,
    created_by varchar(255) NOT NULL DEFAULT '',
    ${TIMES}
  )`,
  `CREATE UNIQUE INDEX idx_custom_tools_global ON custom_tools (name) WHERE agent_id IS NULL`,
  `CREATE UNIQUE INDEX idx_custom_tools_agent ON custom_tools (name, agent_id) WHERE agent_id IS NOT NULL`,

  `CREATE TABLE channel_instances (
    id uuid PRIMARY KEY,
    name varchar(100) NOT NULL UNIQUE,
    display_name varchar(255) NOT NULL DEFAULT '',
    channel_type varchar(50) NOT NULL,
    ${AGENT},
    credentials text,
    config jsonb NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    created_by varchar(255) NOT NULL DEFAULT '',
    ${TIMES}
  )`,
  `CREATE INDEX idx_channel_instances_agent ON channel_instances (agent_id)`,

  `CREATE TABLE config_secrets (
    key varchar(200) PRIMARY KEY,
    value text NOT NULL,
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,

  // What was changed over the wire: one merge patch over the configuration file of every replica.
  `CREATE TABLE config_overrides (
    id int PRIMARY KEY CHECK (id = 1),
    patch jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `INSERT INTO config_overrides (id) VALUES (1)`,

  `CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name varchar(255) NOT NULL,
    key_prefix varchar(20) NOT NULL,
    key_hash varchar(64) NOT NULL UNIQUE,
    previous_hash varchar(64) UNIQUE,
    previous_valid_until timestamptz(3),
    role varchar(20) NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}',
    user_id varchar(255),
    tenant varchar(255),
    rate_limit_rpm int,
    expires_at timestamptz(3),
    revoked_at timestamptz(3),
    revoked_by varchar(255),
    last_used_at timestamptz(3),
    last_used_from varchar(64),
    created_by varchar(255) NOT NULL,
    ${TIMES}
  )`,
  `CREATE INDEX idx_api_keys_created ON api_keys (created_at DESC, id DESC)`,
  `CREATE INDEX idx_api_keys_user ON api_keys (user_id) WHERE user_id IS NOT NULL`,

  `CREATE TABLE pairing_requests (
    id uuid PRIMARY KEY,
    code varchar(8) NOT NULL UNIQUE,
    sender_id varchar(200) NOT NULL,
    sender_secret_hash varchar(64),
    channel varchar(255) NOT NULL,
    chat_id varchar(200) NOT NULL,
    account_id varchar(100) NOT NULL DEFAULT 'default',
    requested_by varchar(255),
    expires_at timestamptz(3) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (sender_id, channel)
  )`,
  `CREATE TABLE paired_devices (
    id uuid PRIMARY KEY,
    sender_id varchar(200) NOT NULL,
    sender_secret_hash varchar(64),
    channel varchar(255) NOT NULL,
    chat_id varchar(200) NOT NULL,
    user_id varchar(255),
    paired_by varchar(255) NOT NULL DEFAULT 'operator',
    paired_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (sender_id, channel)
  )`,

  // Entries form a chain: `hash` covers the entry and the hash before it. `audit_head` is its end, and the lock of it.
  `CREATE TABLE audit_log (
    seq bigint PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    at timestamptz(3) NOT NULL,
    user_id varchar(255) NOT NULL,
    tenant varchar(255),
    role varchar(20) NOT NULL,
    credential varchar(30) NOT NULL,
    credential_id varchar(255),
    address varchar(64),
    action varchar(60) NOT NULL,
    outcome varchar(10) NOT NULL,
    target_type varchar(40) NOT NULL,
    target_id varchar(255),
    before jsonb,
    after jsonb,
    details jsonb,
    trace_id varchar(64),
    previous_hash varchar(64) NOT NULL,
    hash varchar(64) NOT NULL
  )`,
  `CREATE INDEX idx_audit_log_at ON audit_log (at, seq)`,
  `CREATE INDEX idx_audit_log_user ON audit_log (user_id, seq)`,
  `CREATE INDEX idx_audit_log_target ON audit_log (target_type, target_id, seq)`,
  `CREATE TABLE audit_head (
    id int PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL,
    hash varchar(64) NOT NULL,
    pruned_seq bigint NOT NULL DEFAULT 0,
    pruned_hash varchar(64) NOT NULL
  )`,
  `INSERT INTO audit_head (id, seq, hash, pruned_hash)
    VALUES (1, 0, repeat('0', 64), repeat('0', 64))`,

  // Nobody changes what is written. Old entries leave by audit_prune alone, which keeps the hash of the last one.
  `CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND current_setting('goclaw.audit_prune', true) = 'on' THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$`,
  `CREATE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()`,
  `CREATE TRIGGER audit_log_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()`,
  `CREATE FUNCTION audit_prune(days int, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    DECLARE
      first bigint;
      last bigint;
      last_hash varchar(64);
      removed int;
    BEGIN
      IF days < 1 THEN RAISE EXCEPTION 'audit_prune: at least one day is kept'; END IF;
      SELECT pruned_seq INTO first FROM audit_head WHERE id = 1 FOR UPDATE;
      SELECT min(seq) - 1 INTO last FROM audit_log WHERE at >= now() - make_interval(days => days);
      SELECT LEAST(COALESCE(last, (SELECT max(seq) FROM audit_log)), first + most) INTO last;
      SELECT hash INTO last_hash FROM audit_log WHERE seq = last;
      IF last_hash IS NULL OR last <= first THEN RETURN 0; END IF;
      PERFORM set_config('goclaw.audit_prune', 'on', true);
      DELETE FROM audit_log WHERE seq <= last;
      GET DIAGNOSTICS removed = ROW_COUNT;
      PERFORM set_config('goclaw.audit_prune', 'off', true);
      UPDATE audit_head SET pruned_seq = last, pruned_hash = last_hash WHERE id = 1;
      RETURN removed;
    END $$`,
];

const DOWN = [
  'audit_head',
  'audit_log',
  'paired_devices',
  'pairing_requests',
  'api_keys',
  'config_overrides',
  'config_secrets',
  'channel_instances',
  'custom_tools',
  'mcp_access_requests',
  'mcp_user_grants',
  'mcp_agent_grants',
  'mcp_servers',
  'skill_user_grants',
  'skill_agent_grants',
  'skills',
  'user_agent_overrides',
  'user_agent_profiles',
  'user_context_files',
  'agent_context_files',
  'agent_shares',
  'llm_providers',
]
  .map((table) => `DROP TABLE ${table}`)
  .concat('DROP FUNCTION audit_prune', 'DROP FUNCTION audit_log_is_append_only')
  .concat(
    'DROP INDEX idx_agents_created',
    'DROP INDEX idx_agents_default',
    'ALTER TABLE agents DROP COLUMN version',
  );
