import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of the core: agents, sessions with their transcript, runs with their log, traces. */
export class Core1795305600000 implements MigrationInterface {
  name = 'Core1795305600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS vector');
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['spans', 'traces', 'run_events', 'runs', 'session_messages', 'sessions', 'agents']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

const UP = [
  `CREATE TABLE agents (
    id uuid PRIMARY KEY,
    agent_key varchar(100) NOT NULL,
    display_name varchar(255),
    owner_id varchar(255) NOT NULL,
    provider varchar(50) NOT NULL,
    model varchar(200) NOT NULL,
    context_window int NOT NULL DEFAULT 200000,
    max_tool_iterations int NOT NULL DEFAULT 20,
    workspace text NOT NULL DEFAULT '.',
    restrict_to_workspace boolean NOT NULL DEFAULT true,
    tools_config jsonb NOT NULL DEFAULT '{}',
    sandbox_config jsonb,
    subagents_config jsonb,
    memory_config jsonb,
    compaction_config jsonb,
    context_pruning jsonb,
    other_config jsonb NOT NULL DEFAULT '{}',
    is_default boolean NOT NULL DEFAULT false,
    agent_type varchar(20) NOT NULL DEFAULT 'open',
    status varchar(20) NOT NULL DEFAULT 'active',
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  )`,
  `CREATE UNIQUE INDEX idx_agents_key ON agents (agent_key) WHERE deleted_at IS NULL`,
  `CREATE INDEX idx_agents_owner ON agents (owner_id) WHERE deleted_at IS NULL`,

  `CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    session_key varchar(500) NOT NULL,
    agent_id uuid NOT NULL REFERENCES agents (id),
    user_id varchar(255) NOT NULL,
    tenant varchar(255),
    label varchar(500),
    model_override varchar(200),
    model varchar(200),
    provider varchar(50),
    channel varchar(50),
    summary text,
    next_seq bigint NOT NULL DEFAULT 1,
    start_seq bigint NOT NULL DEFAULT 1,
    window_start_seq bigint NOT NULL DEFAULT 1,
    soft_trim_before bigint NOT NULL DEFAULT 0,
    hard_clear_before bigint NOT NULL DEFAULT 0,
    compaction_count int NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX idx_sessions_owner_key ON sessions (user_id, session_key)`,
  `CREATE INDEX idx_sessions_user_updated ON sessions (user_id, updated_at DESC, id DESC)`,
  `CREATE INDEX idx_sessions_agent ON sessions (agent_id)`,

  `CREATE TABLE session_messages (
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    role varchar(20) NOT NULL,
    content jsonb NOT NULL,
    context text,
    thinking jsonb,
    tool_calls jsonb,
    tool_call_id varchar(200),
    tool_name varchar(200),
    is_error boolean,
    run_id uuid,
    tokens int NOT NULL DEFAULT 0,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, seq)
  )`,

  `CREATE TABLE runs (
    id uuid PRIMARY KEY,
    session_id uuid,
    session_key varchar(500) NOT NULL,
    agent_id uuid NOT NULL,
    agent_key varchar(100) NOT NULL,
    user_id varchar(255) NOT NULL,
    tenant varchar(255),
    role varchar(20) NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}',
    credential varchar(30) NOT NULL,
    api_key_id uuid,
    sender varchar(255),
    channel varchar(50),
    peer jsonb,
    lane varchar(20) NOT NULL,
    origin varchar(20) NOT NULL,
    parent_run_id uuid,
    merged_into uuid,
    state varchar(20) NOT NULL,
    operation varchar(50) NOT NULL,
    idempotency_key varchar(255),
    request_hash varchar(64),
    request jsonb NOT NULL,
    lease_owner uuid,
    lease_epoch int NOT NULL DEFAULT 0,
    lease_until timestamptz(3),
    attempt int NOT NULL DEFAULT 0,
    deadline timestamptz(3),
    result jsonb,
    error text,
    error_code varchar(30),
    usage jsonb,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    started_at timestamptz(3),
    finished_at timestamptz(3)
  )`,
  `CREATE UNIQUE INDEX idx_runs_idempotency ON runs (user_id, operation, idempotency_key)
    WHERE idempotency_key IS NOT NULL`,
  `CREATE UNIQUE INDEX idx_runs_session_running ON runs (session_id)
    WHERE state = 'running' AND session_id IS NOT NULL`,
  `CREATE INDEX idx_runs_open ON runs (created_at) WHERE state IN ('queued', 'running')`,
  `CREATE INDEX idx_runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL`,

  `CREATE TABLE run_events (
    run_id uuid NOT NULL,
    attempt int NOT NULL,
    seq int NOT NULL,
    type varchar(30) NOT NULL,
    payload jsonb,
    at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, attempt, seq)
  )`,
  `CREATE INDEX idx_run_events_at ON run_events USING brin (at)`,

  `CREATE TABLE traces (
    id uuid PRIMARY KEY,
    agent_id uuid,
    user_id varchar(255),
    session_key text,
    run_id uuid,
    name text,
    channel varchar(50),
    start_time timestamptz(3) NOT NULL,
    end_time timestamptz(3),
    duration_ms int,
    input_preview text,
    output_preview text,
    total_input_tokens int NOT NULL DEFAULT 0,
    total_output_tokens int NOT NULL DEFAULT 0,
    total_cost numeric(12, 6) NOT NULL DEFAULT 0,
    span_count int NOT NULL DEFAULT 0,
    llm_call_count int NOT NULL DEFAULT 0,
    tool_call_count int NOT NULL DEFAULT 0,
    status varchar(20) NOT NULL DEFAULT 'running',
    error text,
    metadata jsonb,
    tags text[],
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX idx_traces_start ON traces (start_time DESC, id DESC)`,
  `CREATE INDEX idx_traces_user ON traces (user_id, start_time DESC, id DESC)`,
  `CREATE INDEX idx_traces_agent ON traces (agent_id, start_time DESC, id DESC)`,
  `CREATE INDEX idx_traces_session ON traces (session_key, start_time DESC) WHERE session_key IS NOT NULL`,

  `CREATE TABLE spans (
    id uuid PRIMARY KEY,
    trace_id uuid NOT NULL,
    parent_span_id uuid,
    agent_id uuid,
    span_type varchar(20) NOT NULL,
    name text,
    start_time timestamptz(3) NOT NULL,
    end_time timestamptz(3),
    duration_ms int,
    status varchar(20) NOT NULL,
    error text,
    level varchar(10) NOT NULL DEFAULT 'DEFAULT',
    model varchar(200),
    provider varchar(50),
    input_tokens int,
    output_tokens int,
    cached_tokens int,
    total_cost numeric(12, 8),
    finish_reason varchar(50),
    model_params jsonb,
    tool_name varchar(200),
    tool_call_id varchar(200),
    input_preview text,
    output_preview text,
    metadata jsonb,
    created_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX idx_spans_trace ON spans (trace_id, start_time)`,
];
