import { StoreError } from '../store.errors.js';

const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25006', // read_only_sql_transaction: a standby during fail-over
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

const TRY_AGAIN_CODES: ReadonlySet<string> = new Set(['40001', '40P01']);

/** Classes of SQLSTATE that pass: connection exceptions; no disk, memory or connection left. */
const UNAVAILABLE_CLASSES = ['08', '53'];

/** node-postgres reports a lost connection by these texts alone, without a code. */
const LOST_CONNECTION =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/;

/** SQLSTATE or system error code of a database error. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown =
    Reflect.get(error, 'code') ?? Reflect.get(Reflect.get(error, 'driverError') ?? {}, 'code');
  return typeof code === 'string' ? code : undefined;
}

export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (error instanceof StoreError) return isUniqueViolation(error.cause, constraint);
  if (errorCode(error) !== '23505') return false;
  return constraint === undefined || Reflect.get(Object(error) as object, 'constraint') === constraint;
}

/** The server is away; the same statement may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof StoreError) return error.reason === 'unavailable';
  const code = errorCode(error);
  if (code !== undefined && (UNAVAILABLE_CODES.has(code) || isOfClass(code))) return true;
  return error instanceof Error && LOST_CONNECTION.test(error.message);
}

function isOfClass(code: string): boolean {
  return code.length === 5 && UNAVAILABLE_CLASSES.some((start) => code.startsWith(start));
}

/** A value that is none of its type, or beyond its range. */
export function isDataException(error: unknown): boolean {
  return errorCode(error)?.startsWith('22') ?? false;
}

/** A transaction that lost against another one: repeating it at once is right. */
export function isSerializationFailure(error: unknown): boolean {
  const code = errorCode(error instanceof StoreError ? error.cause : error);
  return code !== undefined && TRY_AGAIN_CODES.has(code);
}

/** The connection broke after the statement was sent: it may or may not have been committed. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof StoreError && error.outcomeUnknown;
}

/** Turns a driver's error into ours where that says more. `sent`: the statement had reached a connection. */
export function toStoreError(error: unknown, sent = false): unknown {
  if (error instanceof StoreError || !isUnavailable(error)) return error;
  return new StoreError('unavailable', 'The database cannot be used at the moment. Try again shortly.', {
    cause: error,
    outcomeUnknown: sent,
  });
}
