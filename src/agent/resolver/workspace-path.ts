import { createHash } from 'node:crypto';
import { join } from 'node:path';

const SLUG_MAX_CHARS = 40;
const HASH_CHARS = 16;

/**
 * Directory of one user below an agent's workspace: readable, and different for any two ids, also on file systems
 * that fold case.
 */
export function userWorkspace(agentWorkspace: string, userId: string): string {
  const slug = userId
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX_CHARS);
  const hash = createHash('sha256').update(userId).digest('hex').slice(0, HASH_CHARS);
  return join(agentWorkspace, 'users', `${slug}-${hash}`);
}
