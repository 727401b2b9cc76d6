import { isString, ValidateBy, type ValidationOptions } from 'class-validator';

/** Characters that no name, key or label holds, and that the database would refuse. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** One line of text, 1 to `maxChars` long, without control characters. */
export function IsLine(maxChars: number, minChars = 1, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isLine',
      validator: {
        validate: (value) =>
          isString(value) && value.length >= minChars && value.length <= maxChars && !UNPRINTABLE.test(value),
        defaultMessage: () => `$property must be a string of ${minChars} to ${maxChars} printable characters`,
      },
    },
    options,
  );
}
