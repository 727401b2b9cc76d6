import { createHash } from 'node:crypto';
import type { AuditRow } from './audit-entry.js';

/** SHA-256 over the hash before and every field of an entry, as JSON with sorted names. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const fields = [
    row.previous_hash,
    row.seq,
    row.id,
    row.at.toISOString(),
    row.user_id,
    row.tenant,
    row.role,
    row.credential,
    row.credential_id,
    row.address,
    row.action,
    row.outcome,
    row.target_type,
    row.target_id,
    row.before,
    row.after,
    row.details,
    row.trace_id,
  ];
  return createHash('sha256')
    .update(JSON.stringify(fields.map((field) => canonical(field ?? null))))
    .digest('hex');
}

/** The database keeps the names of an object in an order of its own. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, canonical(inner)]),
  );
}
