import { ValidateBy } from 'class-validator';

const ENTRIES_MAX = 100;
const VALUE_MAX_CHARS = 8_000;

/** An object of texts: variables of a process, headers. */
export function IsTextMap(): PropertyDecorator {
  return ValidateBy({
    name: 'isTextMap',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.keys(value).length <= ENTRIES_MAX &&
        Object.values(value).every((text) => typeof text === 'string' && text.length <= VALUE_MAX_CHARS),
      defaultMessage: () =>
        `$property must be an object of up to ${ENTRIES_MAX} texts of at most ${VALUE_MAX_CHARS} characters`,
    },
  });
}
