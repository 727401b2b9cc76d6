import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Users sign in at MCP servers of the configuration, too: these have a name and no row. `server_key` is what the program
 * knows either by.
 */
export class McpConfigSignIn1795737600000 implements MigrationInterface {
  name = 'McpConfigSignIn1795737600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mcp_oauth_clients DROP CONSTRAINT mcp_oauth_clients_pkey');
    for (const table of TABLES)
      await runner.query(
        `ALTER TABLE ${table} ALTER COLUMN server_id DROP NOT NULL, ADD COLUMN config_server text,
           ADD COLUMN server_key text NOT NULL
             GENERATED ALWAYS AS (coalesce(server_id::text, 'config:' || config_server)) STORED,
           ADD CONSTRAINT ${table}_one_server CHECK (num_nonnulls(server_id, config_server) = 1)`,
      );
    await runner.query('ALTER TABLE mcp_oauth_clients ADD PRIMARY KEY (server_key)');
    await runner.query(
      `ALTER TABLE mcp_oauth_tokens DROP CONSTRAINT mcp_oauth_tokens_server_id_user_id_key,
         ADD CONSTRAINT mcp_oauth_tokens_server_key_user_id_key UNIQUE (server_key, user_id)`,
    );
    for (const table of TABLES)
      await runner.query(`CREATE INDEX idx_${table}_server ON ${table} (server_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('goclaw.scope', 'system', true)`);
    for (const table of TABLES) {
      await runner.query(`DELETE FROM ${table} WHERE server_id IS NULL`);
      await runner.query(`DROP INDEX idx_${table}_server`);
      // With it go the constraints that name it.
      await runner.query(
        `ALTER TABLE ${table} DROP CONSTRAINT ${table}_one_server, DROP COLUMN server_key, DROP COLUMN config_server,
           ALTER COLUMN server_id SET NOT NULL`,
      );
    }
    await runner.query('ALTER TABLE mcp_oauth_clients ADD PRIMARY KEY (server_id)');
    await runner.query(
      'ALTER TABLE mcp_oauth_tokens ADD CONSTRAINT mcp_oauth_tokens_server_id_user_id_key UNIQUE (server_id, user_id)',
    );
  }
}

const TABLES = ['mcp_oauth_clients', 'mcp_oauth_tokens', 'mcp_oauth_flows'];
