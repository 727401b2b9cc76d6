import { type BodyReader, unsupported } from './body-reader.js';

/** A parameter that an agent cannot honour, and the values of it that ask for nothing. */
export interface UnsupportedParameter {
  readonly key: string;
  readonly why: string;
  readonly asksNothing?: (value: unknown) => boolean;
}

export const OWN_TOOLS = 'the agent has tools of its own, set in its configuration.';
export const TEXT_ONLY = 'agents answer in text.';
export const SEVERAL_CALLS = 'an answer can come from several model calls.';

/** @throws HttpError for the first parameter that an agent cannot honour. */
export function refuseUnsupported(body: BodyReader, parameters: readonly UnsupportedParameter[]): void {
  for (const { key, why, asksNothing } of parameters) {
    const value = body.raw(key);
    if (value !== undefined && !asksNothing?.(value)) throw unsupported(key, why);
  }
}

export function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function isOneOf(...wanted: readonly unknown[]): (value: unknown) => boolean {
  return (value) => wanted.includes(value);
}

export function isTextFormat(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'text';
}

export function isTextOnly(value: unknown): boolean {
  return Array.isArray(value) && value.every((modality) => modality === 'text');
}
