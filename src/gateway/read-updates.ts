import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { parseParams } from './parse-params.js';
import type { ParamsClass } from './rpc-method.decorator.js';

/** What an object has that nobody sets: a client may send back what it has read. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'id',
  'version',
  'created_at',
  'updated_at',
  'created_by',
  'is_default',
  'secrets_unreadable',
  'runtime',
  'status',
]);

/**
 * The `updates` of a call: unlike parameters, an unknown one is refused, because nobody would notice that it was not
 * changed. `null` is the same as absent.
 * @throws AppError INVALID_REQUEST
 */
export function readUpdates<P extends object>(
  type: ParamsClass<P>,
  known: readonly (keyof P & string)[],
  raw: Readonly<Record<string, unknown>>,
): P {
  const given = Object.entries(raw).filter(([key]) => !READ_ONLY.has(key));
  const unknown = given.map(([key]) => key).find((key) => !known.some((one) => one === key));
  if (unknown !== undefined) {
    const param = `updates.${unknown.slice(0, KEY_SHOWN_CHARS)}`;
    throw new AppError(
      ErrorCode.INVALID_REQUEST,
      `invalid params: ${param} cannot be set; what can is ${known.join(', ')}.`,
      { details: { param } },
    );
  }
  const parsed = parseParams(type, Object.fromEntries(given));
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined)) as P;
}

const KEY_SHOWN_CHARS = 60;
