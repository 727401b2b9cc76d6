/** What somebody did, or tried. */
export class AuditEntryDto {
  /** 1, 2, 3 …, without gaps. */
  seq!: number;
  id!: string;
  at!: string;
  /** Who; empty for somebody without credentials. */
  user_id!: string;
  tenant?: string;
  role!: string;
  /** How the caller proved who it is: `gateway-token`, `api-key`, `paired-browser` … */
  credential!: string;
  /** Which key or device that was. */
  credential_id?: string;
  /** From where. */
  address?: string;
  /** `<noun>.<verb>`, e.g. `agent.update`, `access.denied`. */
  action!: string;
  outcome!: 'ok' | 'denied' | 'failed';
  target_type!: string;
  target_id?: string;
  /** What it was, secrets masked. */
  before?: Record<string, unknown>;
  /** What it became, secrets masked. */
  after?: Record<string, unknown>;
  details?: Record<string, unknown>;
  /** Id of the trace, else of the request, that it belongs to. */
  trace_id?: string;
  previous_hash!: string;
  /** SHA-256 over the hash before and every field. */
  hash!: string;
}

export class AuditListDto {
  /** Newest first unless told. */
  entries!: AuditEntryDto[];
  total?: number;
  /** Pass as `after` for the next page. */
  next?: string;
}

class ChainEndDto {
  seq!: number;
  hash!: string;
}

class BrokenEntryDto {
  seq!: number;
  reason!: string;
}

export class AuditVerdictDto {
  /** Whether every entry is what it was. */
  intact!: boolean;
  /** Entries that were checked. */
  entries!: number;
  /** Seq of the last entry that left for its age. */
  pruned_seq!: number;
  /** End of the chain: kept elsewhere, it proves later that nothing before it was changed. */
  head!: ChainEndDto;
  /** The first entry that is not what it was. */
  broken?: BrokenEntryDto;
}
