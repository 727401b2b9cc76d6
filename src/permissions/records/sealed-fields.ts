import { Injectable } from '@nestjs/common';
import { MASK } from '#config';
import { SecretBox } from '#crypto';
import { badField } from './record.errors.js';

type Texts = Readonly<Record<string, string>>;

/** What a client sends for a secret: `***` and an empty text change nothing, `null` clears it. */
export type GivenSecret = string | null | undefined;
export type GivenSecrets = Texts | null | undefined;

/** Columns that hold a secret, or an object of secrets: sealed in the database, `***` for everybody. */
@Injectable()
export class SealedFields {
  constructor(private readonly box: SecretBox) {}

  /** What to store; `undefined`: leave it as it is. @throws CryptoError `no-key` */
  text(given: GivenSecret): string | null | undefined {
    if (given === undefined || given === MASK || given === '') return undefined;
    return given === null ? null : this.box.seal(given);
  }

  /**
   * What to store for a whole object: keys that are not given are gone, a key whose value is `***` keeps its value.
   * @throws RecordError when nothing is stored under such a key; CryptoError
   */
  map(name: string, given: GivenSecrets, stored: string | null | undefined): string | null | undefined {
    if (given === undefined) return undefined;
    if (given === null || Object.keys(given).length === 0) return null;
    const values = Object.entries(given);
    const known = values.some(([, value]) => value === MASK) && stored ? this.openMap(stored) : {};
    const kept = values.map(([key, value]): [string, string] => {
      if (value !== MASK) return [key, value];
      const before = Object.hasOwn(known, key) ? known[key] : undefined;
      if (before === undefined)
        throw badField(`${name}.${key}`, `is ${MASK}, but nothing is stored under it: send its value`);
      return [key, before];
    });
    return this.box.seal(JSON.stringify(Object.fromEntries(kept)));
  }

  /** @throws CryptoError */
  openText(stored: string): string {
    return this.box.open(stored);
  }

  /** @throws CryptoError */
  openMap(stored: string): Texts {
    return JSON.parse(this.box.open(stored)) as Texts;
  }

  /** The keys, with `***` for each value; `undefined` when the encryption key is not the one that sealed them. */
  showMap(stored: string | null): Texts | undefined {
    if (stored === null) return {};
    try {
      return Object.fromEntries(Object.keys(this.openMap(stored)).map((key) => [key, MASK]));
    } catch {
      // Listing must go on when the key is lost; whoever uses the secret is told why it cannot be opened.
      return undefined;
    }
  }
}
