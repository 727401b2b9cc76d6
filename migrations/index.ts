import { Core1795305600000 } from './1795305600000-core.js';
import { Recovery1795392000000 } from './1795392000000-recovery.js';
import { Management1795478400000 } from './1795478400000-management.js';
import { RowSecurity1795564800000 } from './1795564800000-row-security.js';
import { Tools1795651200000 } from './1795651200000-tools.js';
import { McpConfigSignIn1795737600000 } from './1795737600000-mcp-config-sign-in.js';

/** Every migration, oldest first. Append-only: a landed migration is never edited. */
export const MIGRATIONS = [
  Core1795305600000,
  Recovery1795392000000,
  Management1795478400000,
  RowSecurity1795564800000,
  Tools1795651200000,
  McpConfigSignIn1795737600000,
];
