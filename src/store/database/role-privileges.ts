import type { Queryable } from './statement.js';

/** Whether the role of this connection sees every row whatever the policies say: a superuser, or one with BYPASSRLS. */
export async function isAboveRowSecurity(db: Queryable): Promise<boolean> {
  const [role] = await db.query<{ above: boolean }>(
    'SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = current_user',
  );
  return role?.above ?? false;
}
