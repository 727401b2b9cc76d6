import { JOB_SCHEMA } from '../replication/job-schema.js';
import type { Queryable } from './statement.js';

/** What the gateway does to a table, where that is less than everything that one does to rows. */
const LESS: Readonly<Record<string, string>> = {
  migrations: 'SELECT',
  audit_log: 'SELECT, INSERT',
  audit_head: 'SELECT, UPDATE',
};

/**
 * Lets the role of the gateway do its work on tables that are another role's: rows, never the schema, and of the audit
 * log only what appends. Safe to repeat; call it under the migration lock.
 */
export async function grantToApplication(owner: Queryable, role: string): Promise<void> {
  const [names] = await owner.query<{ role: string; schema: string; isOwner: boolean }>(
    `SELECT quote_ident($1) AS role, quote_ident(current_schema()) AS schema, current_user = $1 AS "isOwner"`,
    [role],
  );
  if (!names || names.isOwner) return;
  const { role: to, schema } = names;
  await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${to}`);
  const tables = await owner.query<{ name: string; ident: string }>(
    `SELECT tablename AS name, quote_ident(tablename) AS ident FROM pg_tables
     WHERE schemaname = current_schema() AND tableowner = current_user`,
  );
  for (const { name, ident } of tables) {
    const rights = LESS[name] ?? 'SELECT, INSERT, UPDATE, DELETE';
    await owner.query(`REVOKE ALL ON ${schema}.${ident} FROM ${to}`);
    await owner.query(`GRANT ${rights} ON ${schema}.${ident} TO ${to}`);
  }
  await owner.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to}`);
  await owner.query(`REVOKE ALL ON FUNCTION audit_prune FROM PUBLIC`);
  await owner.query(`GRANT EXECUTE ON FUNCTION audit_prune TO ${to}`);
}

/** The tables of the job queue hold names of jobs, no data of users; their library closes them to all but their owner. */
export async function grantJobs(owner: Queryable, role: string): Promise<void> {
  const [names] = await owner.query<{ role: string; isOwner: boolean }>(
    `SELECT quote_ident($1) AS role, current_user = $1 AS "isOwner"`,
    [role],
  );
  if (!names || names.isOwner) return;
  const { role: to } = names;
  await owner.query(`GRANT USAGE ON SCHEMA ${JOB_SCHEMA} TO ${to}`);
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOB_SCHEMA} TO ${to}`);
  await owner.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${JOB_SCHEMA} TO ${to}`);
  await owner.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${JOB_SCHEMA} TO ${to}`);
  const closed = await owner.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = '${JOB_SCHEMA}' AND rowsecurity`,
  );
  for (const { name } of closed) {
    await owner.query(`DROP POLICY IF EXISTS goclaw_jobs ON ${JOB_SCHEMA}.${name}`);
    await owner.query(
      `CREATE POLICY goclaw_jobs ON ${JOB_SCHEMA}.${name} TO ${to} USING (true) WITH CHECK (true)`,
    );
  }
}
