import { isString, ValidateBy, type ValidationOptions } from 'class-validator';

const NUL = '\u0000';

/** A text that the database can hold, of at most `maxChars`. */
export function IsText(maxChars: number, minChars = 0, options?: ValidationOptions): PropertyDecorator {
  const atLeast = minChars > 0 ? ` ${minChars} to` : ' at most';
  return ValidateBy(
    {
      name: 'isText',
      validator: {
        validate: (value) => isText(value, maxChars) && value.length >= minChars,
        defaultMessage: () => `$property must be a text of${atLeast} ${maxChars} characters, without NUL`,
      },
    },
    options,
  );
}

export function isText(value: unknown, maxChars: number): value is string {
  return isString(value) && value.length <= maxChars && !value.includes(NUL) && value.isWellFormed();
}
