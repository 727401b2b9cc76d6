import type { PairedDevice, PendingDevice } from '#protocol';
import type { PairedDeviceRow, PairingRequestRow } from '#store';

/** Without its secret. */
export function toPairedDevice(row: PairedDeviceRow): PairedDevice {
  return {
    id: row.id,
    sender_id: row.sender_id,
    channel: row.channel,
    chat_id: row.chat_id,
    ...(row.user_id !== null && { user_id: row.user_id }),
    paired_at: row.paired_at.getTime(),
    paired_by: row.paired_by,
  };
}

/** Without its secret. */
export function toPendingDevice(row: PairingRequestRow): PendingDevice {
  return {
    code: row.code,
    sender_id: row.sender_id,
    channel: row.channel,
    chat_id: row.chat_id,
    account_id: row.account_id,
    created_at: row.created_at.getTime(),
    expires_at: row.expires_at.getTime(),
  };
}
