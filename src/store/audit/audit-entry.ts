export type AuditOutcome = 'ok' | 'denied' | 'failed';

/** What somebody did, or tried. Secrets are masked before they come here. */
export interface AuditEntry {
  /** `<noun>.<verb>`, e.g. `agent.update`; ≤ 60 characters. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly target: { readonly type: string; readonly id?: string };
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly details?: object | undefined;
  /** The trace, else the request, that it belongs to. */
  readonly traceId?: string | undefined;
}

/** An entry as it stands in the log. */
export interface AuditRow {
  /** 1, 2, 3 …, without gaps. */
  readonly seq: number;
  readonly id: string;
  readonly at: Date;
  /** Who; empty for somebody without credentials. */
  readonly user_id: string;
  readonly tenant: string | null;
  readonly role: string;
  /** How the caller proved who it is, and which key or device that was. */
  readonly credential: string;
  readonly credential_id: string | null;
  /** From where. */
  readonly address: string | null;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly target_type: string;
  readonly target_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly details: unknown;
  readonly trace_id: string | null;
  /** Hash of the entry before; 64 zeros for the first one. */
  readonly previous_hash: string;
  readonly hash: string;
}
