import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import type { Caller, Scope } from '#contracts';
import { Clock } from '#kernel';
import { PermissionError } from '../permission.errors.js';
import { CredentialCache } from './credential-cache.js';
import type { KnownCredential } from './known-credential.js';

/** A credential that expires is noticed after at most this. */
const SWEEP_INTERVAL_MS = 1_000;

/** What a caller showed when it came, beyond the credential's id. */
export interface Proof {
  /** SHA-256 of the secret. */
  readonly hash?: string;
  /** Monotonic time until which it holds, whatever the credential says: the `exp` of a signed identity. */
  readonly until?: number;
}

interface Watch {
  readonly caller: Caller;
  readonly proof: Proof;
  readonly onLost: (error: PermissionError) => void;
  /** Monotonic time at which it ends by itself. */
  until: number;
}

type CredentialKind = KnownCredential['kind'];

/** Whether the credential that something was begun with still holds, now and while it goes on. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class LiveCredentials implements IEventHandler<CacheInvalidated | CachesStale>, OnModuleDestroy {
  private readonly logger = new Logger('Credentials');
  private readonly proofs = new WeakMap<Caller, Proof>();
  /** By the id of the credential; those that only a signed identity limits under the empty one. */
  private readonly watches = new Map<string, Set<Watch>>();
  /** To be looked at again: the database did not answer. */
  private readonly unsure = new Set<string>();
  private cancelSweep: (() => void) | undefined;

  constructor(
    private readonly cache: CredentialCache,
    private readonly clock: Clock,
  ) {}

  /**
   * Passes for callers without a credential of their own (gateway token, chat platforms, the gateway itself).
   * @throws PermissionError `unauthenticated` when the key or device was revoked or has expired, `scope` when it may no
   *   longer do what the caller could.
   */
  async require(caller: Caller): Promise<void> {
    const { kind, id } = caller.credential;
    if (!isOwn(kind)) return;
    const known = id === undefined ? undefined : await this.cache.byId(kind, id);
    const error = lossOf(caller, kind, known, undefined, this.clock.monotonic());
    if (error) throw error;
  }

  /** Remembers what an authenticated caller showed, for as long as the caller is known. */
  remember(caller: Caller, proof: Proof): void {
    this.proofs.set(caller, proof);
  }

  /**
   * Calls back once, when the credential is revoked, expires, or may no longer do what the caller could. Returns what
   * ends the watch. Costs nothing for a caller that cannot be lost.
   */
  watch(caller: Caller, onLost: (error: PermissionError) => void): () => void {
    const proof = this.proofs.get(caller) ?? {};
    const { kind, id } = caller.credential;
    if (!isOwn(kind) && proof.until === undefined) return () => undefined;
    const name = isOwn(kind) ? (id ?? '') : '';
    const known = isOwn(kind) ? this.cache.peek(name) : undefined;
    const watch: Watch = { caller, proof, onLost, until: endOf(known, proof) };
    const watches = this.watches.get(name) ?? new Set();
    this.watches.set(name, watches.add(watch));
    // It may have been lost since the caller was let in, and the news of it came before somebody watched.
    if (isOwn(kind)) this.unsure.add(name);
    this.cancelSweep ??= this.clock.after(SWEEP_INTERVAL_MS, () => this.sweep());
    return () => this.end(name, watch);
  }

  async handle(event: CacheInvalidated | CachesStale): Promise<void> {
    if (event instanceof CachesStale || (event.cache === 'credentials' && event.key === undefined)) {
      this.cache.forget();
      await Promise.all([...this.watches.keys()].map((id) => this.check(id)));
    } else if (event.cache === 'credentials' && event.key !== undefined) {
      this.cache.forget(event.key);
      await this.check(event.key);
    }
  }

  onModuleDestroy(): void {
    this.cancelSweep?.();
    this.watches.clear();
  }

  private async check(id: string): Promise<void> {
    const watches = this.watches.get(id);
    if (!watches || id === '') return;
    const [first] = watches;
    const kind = first?.caller.credential.kind;
    if (kind === undefined || !isOwn(kind)) return;
    try {
      const known = await this.cache.byId(kind, id);
      this.unsure.delete(id);
      const now = this.clock.monotonic();
      for (const watch of watches) {
        const error = lossOf(watch.caller, kind, known, watch.proof, now);
        if (error) this.lose(id, watch, error);
        else watch.until = endOf(known, watch.proof);
      }
    } catch (error) {
      this.unsure.add(id);
      this.logger.warn(`a changed credential could not be read; it is tried again: ${String(error)}`);
    }
  }

  private sweep(): void {
    this.cancelSweep = undefined;
    const now = this.clock.monotonic();
    for (const [id, watches] of this.watches) {
      for (const watch of watches) if (watch.until <= now) this.lose(id, watch, expired(watch.caller));
    }
    for (const id of this.unsure) void this.check(id);
    if (this.watches.size > 0) this.cancelSweep = this.clock.after(SWEEP_INTERVAL_MS, () => this.sweep());
  }

  private lose(name: string, watch: Watch, error: PermissionError): void {
    this.end(name, watch);
    watch.onLost(error);
  }

  private end(name: string, watch: Watch): void {
    const watches = this.watches.get(name);
    watches?.delete(watch);
    if (watches?.size === 0) {
      this.watches.delete(name);
      this.unsure.delete(name);
    }
  }
}

function isOwn(kind: Caller['credential']['kind']): kind is CredentialKind {
  return kind === 'api-key' || kind === 'paired-browser';
}

/** Why a credential no longer holds; `undefined` when it does. `now`: monotonic. */
export function lossOf(
  caller: Pick<Caller, 'scopes'>,
  kind: CredentialKind,
  known: KnownCredential | undefined,
  proof: Proof | undefined,
  now: number,
): PermissionError | undefined {
  if (kind === 'paired-browser' && !known) {
    return lost('This device is no longer paired. Connect without a token to pair it again.');
  }
  if (!known || known.isRevoked) return lost('The API key was revoked. Ask an admin for another one.');
  if (known.until !== undefined && known.until <= now) return lost(KEY_EXPIRED);
  if (proof?.hash !== undefined && !isGood(known, proof.hash, now)) {
    return lost('The API key was replaced by another one. Use that.');
  }
  const isAdmin = known.scopes.includes('operator.admin');
  const missing = caller.scopes.find((scope: Scope) => !isAdmin && !known.scopes.includes(scope));
  if (missing === undefined) return undefined;
  return new PermissionError('scope', `The API key no longer has the scope ${missing}.`);
}

const KEY_EXPIRED = 'The API key has expired. Ask an admin for another one.';

function lost(message: string): PermissionError {
  return new PermissionError('unauthenticated', message);
}

function expired({ credential }: Caller): PermissionError {
  return lost(
    credential.kind === 'api-key' ? KEY_EXPIRED : 'The signed identity has expired. Connect with a new one.',
  );
}

/** Whether the secret with this hash opens the credential now. */
function isGood({ secrets }: KnownCredential, hash: string, now: number): boolean {
  return secrets.some((secret) => secret.hash === hash && (secret.until === undefined || now < secret.until));
}

function endOf(known: KnownCredential | undefined, { hash, until = Infinity }: Proof): number {
  const secret = known?.secrets.find((one) => one.hash === hash);
  return Math.min(until, known?.until ?? Infinity, secret?.until ?? Infinity);
}
