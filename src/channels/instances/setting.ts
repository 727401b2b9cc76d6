/** What a value must be, as the end of a sentence; `undefined`: it fits. */
export type Setting = (value: unknown) => string | undefined;

const TEXT_MAX_CHARS = 8_000;
const LIST_MAX = 1_000;

export function text(): Setting {
  return (value) => (isText(value) ? undefined : `must be a text of 1 to ${TEXT_MAX_CHARS} characters`);
}

export function texts(): Setting {
  return (value) =>
    Array.isArray(value) && value.length <= LIST_MAX && value.every(isText)
      ? undefined
      : `must be a list of up to ${LIST_MAX} texts`;
}

export function flag(): Setting {
  return (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
}

export function between(min: number, max: number): Setting {
  return (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

export function choice(...choices: readonly string[]): Setting {
  return (value) =>
    typeof value === 'string' && choices.includes(value) ? undefined : `must be one of ${choices.join(', ')}`;
}

export function httpUrl(): Setting {
  return (value) => (isUrl(value, ['http:', 'https:']) ? undefined : 'must be an http or https URL');
}

export function wsUrl(): Setting {
  return (value) =>
    isUrl(value, ['ws:', 'wss:', 'http:', 'https:']) ? undefined : 'must be a ws, wss, http or https URL';
}

function isText(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > TEXT_MAX_CHARS) return false;
  return !value.includes('\u0000') && value.isWellFormed();
}

function isUrl(value: unknown, protocols: readonly string[]): boolean {
  return isText(value) && URL.canParse(value) && protocols.includes(new URL(value).protocol);
}
