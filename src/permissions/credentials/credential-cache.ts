import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '#kernel';
import { ApiKeyStore, PairingStore } from '#store';
import { type KnownCredential, ofApiKey, ofDevice } from './known-credential.js';

/** Credentials that are remembered. */
const KNOWN_MAX = 20_000;
/** Secrets that lead to nothing, of those who guess: kept apart, so that they push nobody else out. */
const UNKNOWN_MAX = 10_000;
/** Every change is announced to all replicas; this is for the announcement that did not arrive. */
const KNOWN_TTL_MS = 30_000;
const UNKNOWN_TTL_MS = 30_000;

type Kind = KnownCredential['kind'];

/** API keys and paired devices, as they are in the database, remembered for a short time. */
@Injectable()
export class CredentialCache {
  private readonly known: LRUCache<string, KnownCredential>;
  private readonly idOfHash: LRUCache<string, string>;
  private readonly unknown: LRUCache<string, true>;
  private readonly loading = new Map<string, Promise<KnownCredential | undefined>>();
  /** Grows with every change: what was read before it is not remembered. */
  private changes = 0;

  constructor(
    private readonly keys: ApiKeyStore,
    private readonly pairing: PairingStore,
    private readonly clock: Clock,
  ) {
    const perf = { now: () => clock.monotonic() };
    this.known = new LRUCache({ max: KNOWN_MAX, ttl: KNOWN_TTL_MS, ttlResolution: 0, perf });
    this.idOfHash = new LRUCache({ max: KNOWN_MAX * 2 });
    this.unknown = new LRUCache({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS, ttlResolution: 0, perf });
  }

  /** The key with this SHA-256, whether it is still good or not. */
  keyByHash(hash: string): KnownCredential | Promise<KnownCredential | undefined> | undefined {
    const id = this.idOfHash.get(hash);
    const known = id === undefined ? undefined : this.known.get(id);
    if (known?.secrets.some((secret) => secret.hash === hash)) return known;
    if (this.unknown.has(hash)) return undefined;
    return this.load(hash, async () => {
      const state = await this.keys.stateByHash(hash);
      return state && ofApiKey(state, this.clock.monotonic());
    });
  }

  /** The paired device of this sender, whatever it proves itself with. */
  async deviceOf(senderId: string): Promise<KnownCredential | undefined> {
    const name = `device:${senderId}`;
    const id = this.idOfHash.get(name);
    const known = id === undefined ? undefined : this.known.get(id);
    if (known) return known;
    if (this.unknown.has(name)) return undefined;
    return this.load(name, async () => {
      const device = await this.pairing.deviceOf(senderId, 'browser');
      return device && ofDevice(device);
    });
  }

  byId(kind: Kind, id: string): KnownCredential | Promise<KnownCredential | undefined> | undefined {
    const known = this.known.get(id);
    if (known) return known;
    const name = `id:${id}`;
    if (this.unknown.has(name)) return undefined;
    return this.load(name, async () => {
      if (kind === 'paired-browser') {
        const device = await this.pairing.device(id);
        return device && ofDevice(device);
      }
      const state = await this.keys.stateById(id);
      return state && ofApiKey(state, this.clock.monotonic());
    });
  }

  /** What is remembered, without asking anybody. */
  peek(id: string): KnownCredential | undefined {
    return this.known.get(id);
  }

  /** Forgets one credential, or all of them. */
  forget(id?: string): void {
    this.changes += 1;
    this.loading.clear();
    this.unknown.clear();
    if (id === undefined) this.known.clear();
    else this.known.delete(id);
  }

  private load(
    name: string,
    read: () => Promise<KnownCredential | undefined>,
  ): Promise<KnownCredential | undefined> {
    const loading = this.loading.get(name);
    if (loading) return loading;
    const { changes } = this;
    const reading = read()
      .then((found) => {
        if (changes === this.changes) this.remember(name, found);
        return found;
      })
      .finally(() => {
        if (this.loading.get(name) === reading) this.loading.delete(name);
      });
    this.loading.set(name, reading);
    return reading;
  }

  private remember(name: string, found: KnownCredential | undefined): void {
    if (!found) return void this.unknown.set(name, true);
    this.known.set(found.id, found);
    if (!name.startsWith('id:')) this.idOfHash.set(name, found.id);
  }
}
