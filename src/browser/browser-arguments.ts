import { BROWSER_ACTIONS, type BrowserAction } from './browser-tool-spec.js';
import { ACT_KINDS, type ActRequest, MOUSE_BUTTONS } from './page/act-request.js';
import type { SnapshotOptions } from './page/snapshot-text.js';

type Raw = Readonly<Record<string, unknown>>;

/** The arguments of one call; the schema of the tool was checked before. */
export interface BrowserArguments extends Partial<SnapshotOptions> {
  readonly action: BrowserAction;
  readonly targetUrl?: string;
  readonly targetId?: string;
  readonly fullPage?: boolean;
  readonly timeoutMs?: number;
  readonly request?: ActRequest;
}

export function readArguments(raw: Raw): BrowserArguments {
  return {
    action: oneOf(BROWSER_ACTIONS, raw['action'], 'action'),
    ...texts(raw, 'targetUrl', 'targetId'),
    ...numbers(raw, 'maxChars', 'depth', 'timeoutMs'),
    ...flags(raw, 'interactive', 'compact', 'fullPage'),
    ...(isRaw(raw['request']) && { request: readRequest(raw['request']) }),
  };
}

function readRequest(raw: Raw): ActRequest {
  const { button } = raw;
  return {
    kind: oneOf(ACT_KINDS, raw['kind'], 'kind'),
    ...texts(raw, 'ref', 'text', 'key', 'fn', 'textGone', 'url'),
    ...numbers(raw, 'timeMs'),
    ...flags(raw, 'submit', 'slowly', 'doubleClick'),
    ...(button !== undefined && { button: oneOf(MOUSE_BUTTONS, button, 'button') }),
  };
}

function oneOf<T extends string>(known: readonly T[], value: unknown, name: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError(`The argument "${name}" was not validated.`);
  return found;
}

function texts<K extends string>(raw: Raw, ...names: readonly K[]): { [N in K]?: string } {
  return pick(raw, names, (value) => typeof value === 'string');
}

function numbers<K extends string>(raw: Raw, ...names: readonly K[]): { [N in K]?: number } {
  return pick(raw, names, (value) => typeof value === 'number');
}

function flags<K extends string>(raw: Raw, ...names: readonly K[]): { [N in K]?: boolean } {
  return pick(raw, names, (value) => typeof value === 'boolean');
}

function pick<K extends string, T>(
  raw: Raw,
  names: readonly K[],
  isFit: (value: unknown) => value is T,
): { [N in K]?: T } {
  const picked: { [N in K]?: T } = {};
  for (const name of names) {
    const value = raw[name];
    if (isFit(value)) picked[name] = value;
  }
  return picked;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null;
}
