import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What recovery and several replicas need: order of waiting runs, progress of going ones, inbox, outbox, replicas. */
export class Recovery1795392000000 implements MigrationInterface {
  name = 'Recovery1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `ALTER TABLE runs
    ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN interruptions int NOT NULL DEFAULT 0,
    ADD COLUMN progress jsonb,
    ADD COLUMN steps jsonb,
    ADD COLUMN abort_reason varchar(20)`,
  `CREATE INDEX idx_runs_session_open ON runs (session_id, position)
    WHERE state IN ('queued', 'running') AND session_id IS NOT NULL`,

  `CREATE TABLE inbound_messages (
    id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    channel varchar(100) NOT NULL,
    platform_message_id varchar(255) NOT NULL,
    chat_id varchar(255) NOT NULL,
    sender_id varchar(255) NOT NULL,
    message jsonb NOT NULL,
    state varchar(20) NOT NULL DEFAULT 'pending',
    run_id uuid,
    attempts int NOT NULL DEFAULT 0,
    error text,
    received_at timestamptz(3) NOT NULL DEFAULT now(),
    processed_at timestamptz(3),
    UNIQUE (channel, platform_message_id)
  )`,
  `CREATE INDEX idx_inbound_pending ON inbound_messages (channel, position) WHERE state = 'pending'`,
  `CREATE INDEX idx_inbound_received ON inbound_messages (received_at)`,

  `CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    channel varchar(100) NOT NULL,
    chat_id varchar(255) NOT NULL,
    run_id uuid,
    part int NOT NULL DEFAULT 0,
    user_id varchar(255) NOT NULL,
    message jsonb NOT NULL,
    state varchar(20) NOT NULL DEFAULT 'pending',
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
    lease_owner uuid,
    lease_until timestamptz(3),
    receipt varchar(255),
    error text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    finished_at timestamptz(3)
  )`,
  `CREATE INDEX idx_outbox_open ON outbox (channel, chat_id, position) WHERE state IN ('pending', 'sending')`,
  `CREATE INDEX idx_outbox_created ON outbox (created_at)`,
  `CREATE UNIQUE INDEX idx_outbox_run ON outbox (run_id, part) WHERE run_id IS NOT NULL`,

  `CREATE TABLE replicas (
    id uuid PRIMARY KEY,
    host varchar(255) NOT NULL,
    version varchar(50) NOT NULL,
    started_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE deployment_facts (
    key varchar(50) PRIMARY KEY,
    value text NOT NULL,
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`,
];

const DOWN = [
  'DROP TABLE deployment_facts',
  'DROP TABLE replicas',
  'DROP TABLE outbox',
  'DROP TABLE inbound_messages',
  'DROP INDEX idx_runs_session_open',
  'ALTER TABLE runs DROP COLUMN abort_reason, DROP COLUMN steps, DROP COLUMN progress, DROP COLUMN interruptions, DROP COLUMN position',
];
