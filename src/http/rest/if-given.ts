import { ValidateIf } from 'class-validator';

/** The field may be left out, but `null` is no value of it. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
