import { HttpError } from '../http.errors.js';

/** A JSON object of a request, and where it stands in it. Unknown keys pass, `null` means absent. */
export class BodyReader {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    /** Empty for the body itself. */
    private readonly path: string,
  ) {}

  /** @throws HttpError when the value is no object. */
  static of(value: unknown, path = ''): BodyReader {
    if (!isObject(value)) {
      throw path === ''
        ? new HttpError('invalid-parameter', 'The body must be a JSON object.')
        : invalid(path, 'must be an object');
    }
    return new BodyReader(value, path);
  }

  /** As it was given. */
  get all(): Readonly<Record<string, unknown>> {
    return this.values;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    return this.values[key] ?? undefined;
  }

  /** Path of a key, as errors name it. */
  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  string(key: string, maxChars: number): string | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalid(this.at(key), 'must be a string');
    if (value.length > maxChars) throw invalid(this.at(key), `must have at most ${maxChars} characters`);
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(this.at(key), 'must be true or false');
  }

  number(key: string, min: number, max: number): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || value < min || value > max)
      throw invalid(this.at(key), `must be a number from ${min} to ${max}`);
    return value;
  }

  integer(key: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw invalid(this.at(key), `must be a whole number ${range}`);
  }

  object(key: string): BodyReader | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : BodyReader.of(value, this.at(key));
  }
}

/** @throws HttpError */
export function arrayOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(path, 'must be an array');
}

export function invalid(param: string, expectation: string): HttpError {
  return new HttpError('invalid-parameter', `${param} ${expectation}.`, { param });
}

export function unsupported(param: string, why: string): HttpError {
  return new HttpError('unsupported-parameter', `${param} is not supported: ${why}`, { param });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
