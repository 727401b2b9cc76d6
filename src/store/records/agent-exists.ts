import { isUuid } from '#kernel';
import type { Queryable } from '../database/statement.js';

/** Whether there is an agent with this id; it stays until the transaction ends. */
export async function agentExists(tx: Queryable, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const rows = await tx.query('SELECT 1 FROM agents WHERE id = $1 AND deleted_at IS NULL FOR SHARE', [id]);
  return rows.length > 0;
}
