import { Injectable } from '@nestjs/common';
import { CacheInvalidated, DomainEvents, PairingChanged } from '#bus';
import type { Caller } from '#contracts';
import {
  addressKey,
  Changes,
  FailedAttempts,
  hashOf,
  IdentityError,
  isSameHash,
  newSender,
  PermissionError,
  RateLimiter,
  readSender,
  requireUserId,
} from '#permissions';
import { type PairedDeviceRow, type PairingRequestRow, PairingStore, StoreError } from '#store';
import { newPairingCode } from './pairing-code.js';
import { PairingError } from './pairing.errors.js';

/** How long a code can be approved. */
export const CODE_TTL_MS = 60 * 60_000;
/** Accounts are what an asker calls them: without a limit of his own one could take all the room there is. */
const PENDING_LIMITS = { perAccount: 3, perAsker: 30, overall: 1_000 };
/** A code that somebody has already is drawn again: once in a trillion. */
const DRAWS_MAX = 3;

export const BROWSER = 'browser';

/** Where a browser stands that comes back. */
export type Standing = 'approved' | 'pending' | 'expired';

export interface PendingBrowser {
  readonly code: string;
  /** The whole secret text that the browser keeps. */
  readonly senderId: string;
  readonly expiresAt: Date;
}

export interface ChatToPair {
  readonly senderId: string;
  readonly channel: string;
  readonly chatId: string;
  readonly accountId: string;
}

/** Lets browsers and chats in that have no credentials of their own, when an admin approves the code that they show. */
@Injectable()
export class PairingService {
  constructor(
    private readonly store: PairingStore,
    private readonly changes: Changes,
    private readonly events: DomainEvents,
    private readonly limiter: RateLimiter,
    private readonly attempts: FailedAttempts,
  ) {}

  /**
   * The pending request of a browser: the one that it has, or a new one.
   * @throws PairingError `too-many`; AppError RESOURCE_EXHAUSTED
   */
  async browser(address: string, kept: string | undefined): Promise<PendingBrowser> {
    const pending = kept === undefined ? undefined : await this.pendingBrowser(kept, address);
    if (pending && kept !== undefined)
      return { code: pending.code, senderId: kept, expiresAt: pending.expires_at };
    this.limiter.takePairing(address);
    const { text, senderId, secretHash } = newSender();
    const request = {
      senderId,
      secretHash,
      channel: BROWSER,
      chatId: '',
      accountId: `address:${addressKey(address)}`,
    };
    const row = await this.request(request);
    return { code: row.code, senderId: text, expiresAt: row.expires_at };
  }

  /** @throws AppError RESOURCE_EXHAUSTED after too many wrong secrets */
  async standing(address: string, kept: string): Promise<Standing> {
    const sender = readSender(kept);
    if (!sender) return 'expired';
    const hash = hashOf(sender.secret);
    this.attempts.requireCalm(address, hash);
    const device = await this.store.deviceOf(sender.senderId, BROWSER);
    if (device) return this.proven(device, hash, address) ? 'approved' : 'expired';
    return (await this.pendingBrowser(kept, address)) ? 'pending' : 'expired';
  }

  /** Asks for a chat; the same code while it waits already. @throws PairingError */
  async requestFor(caller: Caller, chat: ChatToPair): Promise<PairingRequestRow> {
    if (chat.channel === BROWSER) {
      throw new PairingError(
        'browser',
        'A browser asks for itself: connect without a token. Only it may hold the secret that it comes back with.',
      );
    }
    const pending = await this.store.pendingOf(chat.senderId, chat.channel);
    if (pending) return pending;
    return this.request({ ...chat, requestedBy: caller.userId });
  }

  /**
   * Lets in who shows the code. A browser acts as `userId`, which takes a whole admin, or as a user of its own.
   * @throws PairingError `unknown-code`, `user`; PermissionError; AppError RESOURCE_EXHAUSTED after too many wrong codes
   */
  async approve(
    caller: Caller,
    code: string,
    { userId, approvedBy }: { userId?: string | undefined; approvedBy?: string | undefined },
  ): Promise<PairedDeviceRow> {
    if (userId !== undefined) requireImpersonation(caller, userId);
    const who = `approver:${caller.userId}`;
    this.attempts.requireCalm(who, '');
    const device = await this.changes.commit(caller, async (tx) => {
      // All of them are compared, each in constant time: how long it takes tells nothing of any code.
      const pending = (await this.store.pending(undefined, tx)).filter((one) => isSameHash(one.code, code));
      const [request] = pending;
      const as = userId ?? (request?.channel === BROWSER ? `browser.${request.sender_id}` : undefined);
      const row = request && (await this.store.approve(tx, request.id, approvedBy ?? caller.userId, as));
      return {
        action: 'device.approve',
        target: { type: 'device', ...(row && { id: row.id }) },
        ...(row && { after: shown(row) }),
        events: row
          ? [new CacheInvalidated('credentials', row.id), new PairingChanged('approved', row.id)]
          : [],
        result: row,
      };
    });
    if (device) return device;
    this.attempts.failed(who);
    throw new PairingError(
      'unknown-code',
      'No device waits with this code. Codes are case sensitive and good for an hour.',
    );
  }

  /** An admin sees all, everybody else what they asked for, and their own devices. */
  async list(caller: Caller): Promise<{ pending: PairingRequestRow[]; paired: PairedDeviceRow[] }> {
    const own = caller.role === 'admin' ? undefined : caller.userId;
    const [pending, paired] = await Promise.all([this.store.pending(own), this.store.devices(own)]);
    return { pending, paired };
  }

  /** Shuts a device out, at once and everywhere. @throws PairingError `unknown-device` */
  async revoke(caller: Caller, senderId: string, channel: string): Promise<void> {
    const device = await this.store.deviceOf(senderId, channel);
    if (!device) throw unknownDevice();
    await this.changes.commit(caller, async (tx) => {
      const row = await this.store.revoke(tx, senderId, channel);
      if (!row) throw unknownDevice();
      return {
        action: 'device.revoke',
        target: { type: 'device', id: row.id },
        before: shown(row),
        events: [new CacheInvalidated('credentials', row.id), new PairingChanged('revoked', row.id)],
        result: undefined,
      };
    });
  }

  private async pendingBrowser(kept: string, address: string): Promise<PairingRequestRow | undefined> {
    const sender = readSender(kept);
    const pending = sender && (await this.store.pendingOf(sender.senderId, BROWSER));
    if (!sender || !pending) return undefined;
    return this.proven(pending, hashOf(sender.secret), address) ? pending : undefined;
  }

  private proven(
    { sender_secret_hash: expected }: Pick<PairedDeviceRow, 'sender_secret_hash'>,
    hash: string,
    address: string,
  ): boolean {
    if (expected !== null && isSameHash(expected, hash)) return true;
    this.attempts.failed(address);
    return false;
  }

  private async request(
    asked: Omit<Parameters<PairingStore['request']>[0], 'code' | 'ttlMs'>,
  ): Promise<PairingRequestRow> {
    for (let draws = 1; ; draws++) {
      try {
        const row = await this.store.request(
          { ...asked, code: newPairingCode(), ttlMs: CODE_TTL_MS },
          PENDING_LIMITS,
        );
        if (row === 'full') throw tooMany();
        this.events.publish(new PairingChanged('requested', row.id));
        return row;
      } catch (error) {
        const isTaken = error instanceof StoreError && error.reason === 'conflict';
        const pending = isTaken && (await this.store.pendingOf(asked.senderId, asked.channel));
        if (pending) return pending;
        if (!isTaken || draws >= DRAWS_MAX) throw error;
      }
    }
  }
}

/** Whose device a user is, acts as that user: letting devices in is not enough to say so. */
function requireImpersonation({ scopes }: Caller, userId: string): void {
  if (!scopes.includes('operator.admin'))
    throw new PermissionError(
      'scope',
      'permission denied: whom a device acts as is said with the scope operator.admin. Leave userId out: it gets a user of its own.',
    );
  try {
    requireUserId(userId);
  } catch (error) {
    throw error instanceof IdentityError ? new PairingError('user', error.message) : error;
  }
}

/** Without its secret. */
function shown({ sender_secret_hash: _hash, ...rest }: PairedDeviceRow): object {
  return rest;
}

function unknownDevice(): PairingError {
  return new PairingError('unknown-device', 'There is no such paired device. device.pair.list shows them.');
}

function tooMany(): PairingError {
  return new PairingError(
    'too-many',
    `${PENDING_LIMITS.perAccount} requests of one account, or ${PENDING_LIMITS.perAsker} of one user, may wait, and as many do already. Have one of them approved, or wait until they expire.`,
    { retryAfterMs: CODE_TTL_MS },
  );
}
