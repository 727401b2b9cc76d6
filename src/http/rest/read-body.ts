import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { invalid } from '../input/body-reader.js';
import { HttpError } from '../http.errors.js';

/** What every object has and nobody sets: a body may hold it, as somebody read it. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'id',
  'created_at',
  'updated_at',
  'created_by',
  'version',
  'ok',
]);

export interface BodyOptions {
  /** Only what is given is taken and checked: for changes. */
  readonly partial?: boolean;
  /** More fields that are dropped. */
  readonly ignored?: readonly string[];
  /** Fields that are set here, though elsewhere nobody does. */
  readonly taken?: readonly string[];
}

/**
 * Makes an object of a body by the class's validation rules. A field that may be cleared takes `null` (`@IsOptional`);
 * unknown fields are refused.
 * @throws HttpError that names the first field that does not fit
 */
export function readBody<T extends object>(type: new () => T, body: unknown, options?: BodyOptions): T;
export function readBody<T extends object>(
  type: new () => T,
  body: unknown,
  options: BodyOptions & { readonly partial: true },
): Partial<T>;
export function readBody<T extends object>(
  type: new () => T,
  body: unknown,
  { partial = false, ignored = [], taken = [] }: BodyOptions = {},
): Partial<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpError('invalid-parameter', 'The body must be a JSON object.');
  const isDropped = (key: string): boolean =>
    (READ_ONLY.has(key) && !taken.includes(key)) || ignored.includes(key);
  const given = Object.entries(body).filter(([key]) => !isDropped(key));
  const instance = plainToInstance(type, Object.fromEntries(given), { exposeDefaultValues: true });
  const [error] = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    stopAtFirstError: true,
    skipUndefinedProperties: partial,
  });
  if (error) throw problemOf(error);
  if (!partial) return instance;
  const wanted = new Set(given.map(([key]) => key));
  return Object.fromEntries(Object.entries(instance).filter(([key]) => wanted.has(key))) as Partial<T>;
}

function problemOf(error: ValidationError, path = ''): HttpError {
  const at = path === '' ? error.property : `${path}.${error.property}`;
  const [inner] = error.children ?? [];
  if (inner) return problemOf(inner, at);
  if (error.value === undefined) return invalid(at, 'is required');
  const [[rule, text] = ['', 'is invalid']] = Object.entries(error.constraints ?? {});
  if (rule === 'whitelistValidation')
    return invalid(at, 'is not a field that can be set here; /docs shows those that can');
  return invalid(at, text.replace(`${error.property} `, ''));
}
