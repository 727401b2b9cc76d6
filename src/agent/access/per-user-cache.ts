import { LRUCache } from 'lru-cache';

const ENTRIES_MAX = 20_000;
/** After this a change is noticed even when no event came. */
const TTL_MS = 5 * 60_000;

/** What is remembered of one user of one agent. What was read before something was dropped is not remembered after. */
export class PerUserCache<V extends object> {
  private readonly entries = new LRUCache<string, V>({ max: ENTRIES_MAX, ttl: TTL_MS });
  private drops = 0;

  async get(agentId: string, userId: string, load: () => Promise<V>): Promise<V> {
    const key = `${agentId}\0${userId}`;
    const known = this.entries.get(key);
    if (known) return known;
    const { drops } = this;
    const value = await load();
    if (drops === this.drops) this.entries.set(key, value);
    return value;
  }

  /** Of one agent; without an id, all. */
  drop(agentId: string | undefined): void {
    this.drops += 1;
    if (agentId === undefined) return this.entries.clear();
    for (const key of this.entries.keys()) if (key.startsWith(`${agentId}\0`)) this.entries.delete(key);
  }
}
