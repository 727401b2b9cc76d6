import { ValidateBy } from 'class-validator';
import { isText } from './is-text.js';

export interface TextMapLimits {
  readonly keys: RegExp;
  readonly maxEntries: number;
  /** Of one value. */
  readonly maxChars: number;
  /** What values may consist of. */
  readonly values?: RegExp;
}

/** An object of texts, e.g. the variables of a process. */
export function IsTextMap({ keys, maxEntries, maxChars, values }: TextMapLimits): PropertyDecorator {
  const fits = (value: unknown): boolean => isText(value, maxChars) && (values?.test(value) ?? true);
  return ValidateBy({
    name: 'isTextMap',
    validator: {
      validate: (value) =>
        isPlainObject(value) &&
        Object.keys(value).length <= maxEntries &&
        Object.entries(value).every(([key, text]) => keys.test(key) && fits(text)),
      defaultMessage: () =>
        `$property must be an object of up to ${maxEntries} texts of at most ${maxChars} characters, with keys like ${keys.source}`,
    },
  });
}

/** Any JSON object of at most `maxBytes` as text. */
export function IsJsonObject(maxBytes: number): PropertyDecorator {
  return ValidateBy({
    name: 'isJsonObject',
    validator: {
      validate: (value) => isPlainObject(value) && Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
      defaultMessage: () => `$property must be a JSON object of at most ${maxBytes} bytes`,
    },
  });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
