import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { toJsonb, toText } from '../jsonb.js';
import type { AuditEntry, AuditRow } from './audit-entry.js';
import { auditHash } from './audit-hash.js';
import { maskSecrets } from './mask-secrets.js';

/** The end of the chain, locked by whoever appends. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
}

/** What `before`, `after` and `details` of one entry may be, each; beyond that only their size is kept. */
const JSON_MAX_CHARS = 64 * 1024;

/** Entries as rows that continue the chain. */
export function chainRows(end: ChainEnd, caller: Caller, entries: readonly AuditEntry[]): AuditRow[] {
  const rows: AuditRow[] = [];
  let { seq, hash } = end;
  for (const entry of entries) {
    seq += 1;
    const row = { ...fieldsOf(caller, entry), seq, id: newId(), at: end.at, previous_hash: hash };
    hash = auditHash(row);
    rows.push({ ...row, hash });
  }
  return rows;
}

type Fields = Omit<AuditRow, 'seq' | 'id' | 'at' | 'previous_hash' | 'hash'>;

function fieldsOf(caller: Caller, entry: AuditEntry): Fields {
  return {
    user_id: fit(caller.userId, 255) ?? '',
    tenant: fit(caller.tenant, 255),
    role: caller.role,
    credential: caller.credential.kind,
    credential_id: fit(caller.credential.id, 255),
    address: fit(caller.address, 64),
    action: fit(entry.action, 60) ?? '',
    outcome: entry.outcome,
    target_type: fit(entry.target.type, 40) ?? '',
    target_id: fit(entry.target.id, 255),
    before: json(entry.before),
    after: json(entry.after),
    details: json(entry.details),
    trace_id: fit(entry.traceId ?? caller.requestId, 64),
  };
}

/** An entry about something with too long a name is better than none. */
function fit(text: string | undefined, max: number): string | null {
  return text === undefined ? null : toText(text.slice(0, max));
}

/** As the database will give it back: the hash must not depend on who computes it. */
function json(value: object | undefined): unknown {
  if (value === undefined) return null;
  const text = toJsonb(maskSecrets(value));
  return text.length > JSON_MAX_CHARS ? { omitted_chars: text.length } : (JSON.parse(text) as unknown);
}
