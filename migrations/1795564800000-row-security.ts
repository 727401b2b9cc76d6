import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The second wall between users: PostgreSQL itself shows a statement the rows of the user that its transaction is for.
 * `goclaw.scope` is `system` for the gateway's own work and `user` for a caller's, whose id is in `goclaw.user`; where
 * nothing is set nothing is visible. It holds for the owner of the tables too, but not for superusers, and so not in the
 * embedded database.
 */
export class RowSecurity1795564800000 implements MigrationInterface {
  name = 'RowSecurity1795564800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, condition] of POLICIES) {
      await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      const visible = condition === undefined ? SYSTEM : `${SYSTEM} OR ${condition}`;
      await runner.query(`CREATE POLICY goclaw_rows ON ${table} USING (${visible}) WITH CHECK (${visible})`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of POLICIES) {
      await runner.query(`DROP POLICY goclaw_rows ON ${table}`);
      await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
      await runner.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
    }
  }
}

/** First in every policy: the gateway's own work, which is most, looks no further. */
const SYSTEM = `current_setting('goclaw.scope', true) = 'system'`;

const USER = `current_setting('goclaw.user', true)`;
const OWN = `user_id = ${USER}`;

function ofOwn(parent: string, key: string): string {
  return `EXISTS (SELECT FROM ${parent} p WHERE p.id = ${key} AND p.${OWN})`;
}

/** Tables with rows of users; without a condition: for the gateway's own work alone. */
const POLICIES: readonly (readonly [table: string, condition?: string])[] = [
  ['sessions', OWN],
  ['session_messages', ofOwn('sessions', 'session_id')],
  ['runs', OWN],
  ['run_events', ofOwn('runs', 'run_id')],
  ['traces', OWN],
  ['spans', ofOwn('traces', 'trace_id')],
  ['user_context_files', OWN],
  ['user_agent_profiles', OWN],
  ['user_agent_overrides', OWN],
  ['agent_shares', OWN],
  ['skill_user_grants', OWN],
  ['mcp_user_grants', OWN],
  ['mcp_access_requests', `${OWN} OR requested_by = ${USER}`],
  ['api_keys', OWN],
  ['paired_devices', OWN],
  ['pairing_requests', `requested_by = ${USER}`],
  ['outbox', OWN],
  ['inbound_messages'],
  ['config_secrets'],
  ['audit_log'],
];
