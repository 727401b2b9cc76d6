import type { Database } from '#store';

/** The database as one process has it. */
export interface MortalDatabase {
  readonly database: Database;
  /** The process is killed: whatever it asks from now on is never answered, and does not happen. */
  kill(): void;
}

/** Gives a process its own end of a database, which can be cut off without a last word. */
export function mortal(database: Database): MortalDatabase {
  let isDead = false;
  const proxy = new Proxy(database, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown =>
        isDead ? new Promise(() => undefined) : (Reflect.apply(value, target, args) as unknown);
    },
  });
  return { database: proxy, kill: () => void (isDead = true) };
}
