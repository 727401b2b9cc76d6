import { isUuid } from '#kernel';
import { invalid } from './body-reader.js';

const TEXT_MAX_CHARS = 500;

/** Readers of query parameters. A parameter that is given twice is not a text. All throw HttpError. */
export function textQuery(name: string, value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= TEXT_MAX_CHARS) return value;
  throw invalid(name, `must be given once, with at most ${TEXT_MAX_CHARS} characters`);
}

export function uuidQuery(name: string, value: unknown): string | undefined {
  const text = textQuery(name, value);
  if (text === undefined || isUuid(text)) return text;
  throw invalid(name, 'must be a UUID');
}

export function choiceQuery(name: string, value: unknown, choices: readonly string[]): string | undefined {
  const text = textQuery(name, value);
  if (text === undefined || choices.includes(text)) return text;
  throw invalid(name, `must be one of ${choices.join(', ')}`);
}

export function integerQuery(
  name: string,
  value: unknown,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const text = textQuery(name, value);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw invalid(
    name,
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`,
  );
}

export function booleanQuery(name: string, value: unknown): boolean {
  const text = choiceQuery(name, value, ['true', 'false']);
  return text === 'true';
}

/** An instant as RFC 3339 has it; a date alone is its first moment, in UTC. */
export function timeQuery(name: string, value: unknown): Date | undefined {
  const text = textQuery(name, value);
  if (text === undefined) return undefined;
  // In a query, an unescaped plus (of a time zone) is read as a blank.
  const time = new Date(text.replace(/ (?=\d\d:?\d\d$)/, '+'));
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw invalid(name, 'must be a time like 2026-11-22T10:00:00Z');
}

/** `undefined` when it is not given. */
export function flagQuery(name: string, value: unknown): boolean | undefined {
  return value === undefined || value === '' ? undefined : booleanQuery(name, value);
}
