import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import type { Replicas } from '../replication/replicas.js';
import { type Fingerprint, fingerprintOf, isFingerprintOf } from './fingerprint.js';

/** Longest name of a fact. */
const KEY_MAX_CHARS = 50;

interface Fact extends Fingerprint {
  /** Ids of the replicas that had this value when they started; of those that are gone too. */
  readonly agreedBy: readonly string[];
}

/** What all replicas of one database must have in common, as fingerprints in that database. */
@Injectable()
export class DeploymentFacts {
  constructor(private readonly database: Database) {}

  /** Whether there can be other replicas. */
  get areShared(): boolean {
    return this.database.replicas !== undefined;
  }

  /**
   * Whether `value` is what the other replicas that are running have too. It becomes theirs when none of them is
   * there. Always `true` where there can be only one. Only a salted fingerprint of the value is kept.
   * @throws StoreError `unavailable`
   */
  async agree(key: string, value: string): Promise<boolean> {
    if (key.length > KEY_MAX_CHARS) throw new RangeError(`"${key}" is too long a name for a fact.`);
    const { replicas } = this.database;
    if (!replicas) return true;
    return this.database.transaction(async (tx) => {
      const fact = await lockedFact(tx, key);
      const isSame = fact !== undefined && (await isFingerprintOf(fact, value));
      const others = await othersThat(replicas, fact?.agreedBy ?? []);
      if (fact && !isSame && others.length > 0) return false;
      const { salt, digest } = fact && isSame ? fact : await fingerprintOf(value);
      await write(tx, key, { salt, digest, agreedBy: [...others, replicas.id] });
      return true;
    });
  }
}

/** The row stays locked: of two replicas that start at once, the second one sees what the first one wrote. */
async function lockedFact(tx: Queryable, key: string): Promise<Fact | undefined> {
  await tx.query(`INSERT INTO deployment_facts (key, value) VALUES ($1, '') ON CONFLICT DO NOTHING`, [key]);
  const [row] = await tx.query<{ value: string }>(
    'SELECT value FROM deployment_facts WHERE key = $1 FOR UPDATE',
    [key],
  );
  return row && readFact(row.value);
}

function readFact(text: string): Fact | undefined {
  if (text === '') return undefined;
  const value: unknown = JSON.parse(text);
  const { salt, digest, agreedBy } = Object(value) as Record<string, unknown>;
  if (typeof salt !== 'string' || typeof digest !== 'string' || !Array.isArray(agreedBy)) return undefined;
  return { salt, digest, agreedBy: agreedBy.filter((id) => typeof id === 'string') };
}

async function write(tx: Queryable, key: string, fact: Fact): Promise<void> {
  await tx.query('UPDATE deployment_facts SET value = $2, updated_at = now() WHERE key = $1', [
    key,
    JSON.stringify(fact),
  ]);
}

async function othersThat(replicas: Replicas, agreed: readonly string[]): Promise<string[]> {
  const running = await replicas.list();
  return running.map(({ id }) => id).filter((id) => id !== replicas.id && agreed.includes(id));
}
