/** A browser or a chat that is let in. */
export interface PairedDeviceRow {
  readonly id: string;
  /** The public part of who it is. */
  readonly sender_id: string;
  /** SHA-256 of what it proves itself with; absent for chats, whose platform proves it. */
  readonly sender_secret_hash: string | null;
  readonly channel: string;
  readonly chat_id: string;
  /** On whose authority it acts. */
  readonly user_id: string | null;
  readonly paired_by: string;
  readonly paired_at: Date;
}

/** A browser or a chat that waits to be let in. */
export interface PairingRequestRow {
  readonly id: string;
  readonly code: string;
  readonly sender_id: string;
  readonly sender_secret_hash: string | null;
  readonly channel: string;
  readonly chat_id: string;
  readonly account_id: string;
  /** Who asked for it; absent when it asked itself. */
  readonly requested_by: string | null;
  readonly expires_at: Date;
  readonly created_at: Date;
}
