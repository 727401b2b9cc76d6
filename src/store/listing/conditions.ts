import { toText } from '../jsonb.js';

/** What a listing is narrowed to. Texts are the program's own; values travel as parameters. */
export class Conditions {
  private readonly texts: string[] = [];
  private readonly values: unknown[] = [];

  /** Each `?` of the text stands for the next value. */
  add(text: string, ...values: readonly unknown[]): this {
    let index = this.values.length;
    this.texts.push(`(${text.replaceAll('?', () => `$${++index}`)})`);
    this.values.push(...values.map((value) => (typeof value === 'string' ? toText(value) : value)));
    return this;
  }

  /** As {@link add}, unless the value is `undefined`. */
  addIf(text: string, value: unknown): this {
    return value === undefined ? this : this.add(text, value);
  }

  /** `true` when there are none. */
  get sql(): string {
    return this.texts.length === 0 ? 'true' : this.texts.join(' AND ');
  }

  get params(): readonly unknown[] {
    return this.values;
  }

  /** The same, to go on with separately. */
  copy(): Conditions {
    const other = new Conditions();
    other.texts.push(...this.texts);
    other.values.push(...this.values);
    return other;
  }
}
