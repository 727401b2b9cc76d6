/** Which program answers. */
export interface ServerIdentity {
  name: string;
  version: string;
}

/** The socket has a caller. */
export interface Welcome {
  protocol: number;
  role: string;
  user_id: string;
  server: ServerIdentity;
}

/** A browser without credentials waits for an admin: it shows the code, and connects again with the `sender_id`. */
export interface PendingPairing {
  protocol: number;
  status: 'pending_pairing';
  pairing_code: string;
  /** To be kept, as secret as a password. */
  sender_id: string;
  server: ServerIdentity;
}

/** A device that waits to be let in. Times are milliseconds since the epoch. */
export interface PendingDevice {
  code: string;
  /** The public part: nobody connects with it. */
  sender_id: string;
  channel: string;
  chat_id: string;
  account_id: string;
  created_at: number;
  expires_at: number;
}

/** A device that is let in. Times are milliseconds since the epoch. */
export interface PairedDevice {
  id: string;
  sender_id: string;
  channel: string;
  chat_id: string;
  /** Absent in standalone mode, and for chats that no user was given. */
  user_id?: string;
  paired_at: number;
  paired_by: string;
}

/** Browsers and chats that are let in by an admin. */
export interface PairingMethods {
  /** Asks for a chat to be let in; browsers ask by connecting without a token. */
  'device.pair.request': {
    params: { senderId: string; channel: string; chatId?: string; accountId?: string };
    result: { code: string };
  };
  /** Lets in who shows the code, as `userId` or as a user of its own. */
  'device.pair.approve': {
    params: { code: string; approvedBy?: string; userId?: string };
    result: { paired: PairedDevice };
  };
  /** An admin sees all, everybody else what they asked for and their own. */
  'device.pair.list': { params: undefined; result: { pending: PendingDevice[]; paired: PairedDevice[] } };
  /** Shuts a device out; its connections are closed. */
  'device.pair.revoke': { params: { senderId: string; channel: string }; result: { revoked: true } };
  /** Whether this browser was let in; it needs no credentials but its `sender_id`. */
  'browser.pairing.status': {
    params: { sender_id: string };
    result: { status: 'approved' | 'pending' | 'expired' };
  };
}
