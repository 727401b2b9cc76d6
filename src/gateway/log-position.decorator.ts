import { ValidateBy } from 'class-validator';
import type { LogPosition } from '#protocol';

/** A place in a run's log: `{attempt, seq}`, whole numbers from 0. */
export function IsLogPosition(): PropertyDecorator {
  return ValidateBy({
    name: 'isLogPosition',
    validator: {
      validate: isLogPosition,
      defaultMessage: () => '$property must be {attempt, seq} with whole numbers from 0',
    },
  });
}

function isLogPosition(value: unknown): value is LogPosition {
  if (typeof value !== 'object' || value === null || !('attempt' in value) || !('seq' in value)) return false;
  return isCount(value.attempt) && isCount(value.seq);
}

/** The database's `int`. */
const COUNT_MAX = 2 ** 31 - 1;

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= COUNT_MAX;
}
