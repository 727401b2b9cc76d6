import { Injectable } from '@nestjs/common';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';
import type { PairedDeviceRow, PairingRequestRow } from './pairing-rows.js';
import { APPROVE, DEVICE_BY_ID, DEVICE_OF_SENDER, PENDING_OF_SENDER, REQUEST } from './pairing.statements.js';

/** Requests that are shown and compared with a code: more than that are never open. */
const PENDING_MAX = 1_000;
/** Devices that one list shows, the latest first. */
const DEVICES_SHOWN_MAX = 1_000;

export interface NewPairingRequest {
  readonly code: string;
  readonly senderId: string;
  /** SHA-256 of the sender's secret. */
  readonly secretHash?: string;
  readonly channel: string;
  readonly chatId: string;
  /** Requests are counted by it. */
  readonly accountId: string;
  readonly requestedBy?: string;
  readonly ttlMs: number;
}

export interface PairingLimits {
  readonly perAccount: number;
  /** Of one who asks for others. */
  readonly perAsker: number;
  readonly overall: number;
}

/** Browsers and chats that are let in, or wait for it. */
@Injectable()
export class PairingStore {
  constructor(private readonly database: Database) {}

  async device(id: string): Promise<PairedDeviceRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<PairedDeviceRow>(DEVICE_BY_ID, [id]);
    return row;
  }

  async deviceOf(senderId: string, channel: string): Promise<PairedDeviceRow | undefined> {
    const [row] = await this.database.query<PairedDeviceRow>(DEVICE_OF_SENDER, [toText(senderId), channel]);
    return row;
  }

  /** What waits from this sender; `undefined` when nothing does, or no longer. */
  async pendingOf(senderId: string, channel: string): Promise<PairingRequestRow | undefined> {
    const [row] = await this.database.query<PairingRequestRow>(PENDING_OF_SENDER, [
      toText(senderId),
      channel,
    ]);
    return row;
  }

  async pendingById(id: string): Promise<PairingRequestRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<PairingRequestRow>(
      'SELECT * FROM pairing_requests WHERE id = $1 AND expires_at > now()',
      [id],
    );
    return row;
  }

  /** Everything that waits, the oldest first; of one asker when given. */
  pending(requestedBy?: string, db: Queryable = this.database): Promise<PairingRequestRow[]> {
    return db.query<PairingRequestRow>(
      `SELECT * FROM pairing_requests WHERE expires_at > now() AND ($1::text IS NULL OR requested_by = $1)
       ORDER BY created_at, id LIMIT ${PENDING_MAX}`,
      [requestedBy ?? null],
    );
  }

  /** Those of one user when given, the latest first. */
  devices(userId?: string): Promise<PairedDeviceRow[]> {
    return this.database.query<PairedDeviceRow>(
      `SELECT * FROM paired_devices WHERE $1::text IS NULL OR user_id = $1
       ORDER BY paired_at DESC, id DESC LIMIT ${DEVICES_SHOWN_MAX}`,
      [userId ?? null],
    );
  }

  /**
   * Keeps a request. `full`: its account, or everybody together, has as many as there may be.
   * @throws StoreError `conflict` for a code or a sender that waits already
   */
  async request(request: NewPairingRequest, limits: PairingLimits): Promise<PairingRequestRow | 'full'> {
    return this.database.transaction(async (tx) => {
      await tx.query('DELETE FROM pairing_requests WHERE expires_at <= now()');
      // One after the other: two at the same time would both count the same.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('goclaw:pairing-requests'))`);
      const [row] = await tx.query<PairingRequestRow>(REQUEST, [
        newId(),
        request.code,
        toText(request.senderId),
        request.secretHash ?? null,
        request.channel,
        toText(request.chatId),
        toText(request.accountId),
        request.requestedBy ?? null,
        request.ttlMs,
        limits.perAccount,
        limits.perAsker,
        limits.overall,
      ]);
      return row ?? 'full';
    });
  }

  /** Lets in who asked; `undefined` when the request is gone. */
  async approve(
    tx: Queryable,
    requestId: string,
    pairedBy: string,
    userId: string | undefined,
  ): Promise<PairedDeviceRow | undefined> {
    const [row] = await tx.query<PairedDeviceRow>(APPROVE, [requestId, newId(), pairedBy, userId ?? null]);
    return row;
  }

  async revoke(tx: Queryable, senderId: string, channel: string): Promise<PairedDeviceRow | undefined> {
    const [row] = await tx.query<PairedDeviceRow>(
      'DELETE FROM paired_devices WHERE sender_id = $1 AND channel = $2 RETURNING *',
      [toText(senderId), channel],
    );
    return row;
  }
}
