import { MASK } from '#config';
import { badField, RecordError, type SealedFields } from '#permissions';
import type { ChannelInstanceRow } from '#store';
import {
  CHANNEL_TYPE_SPECS,
  CHANNEL_TYPES,
  type ChannelType,
  type ChannelTypeSpec,
  isChannelType,
} from './channel-types.js';
import { isDefaultInstance } from './default-instance.js';
import type { Setting } from './setting.js';

/** What is set of a channel instance. */
export interface ChannelInstanceInput {
  readonly name: string;
  readonly display_name?: string | null;
  readonly channel_type: string;
  readonly agent_id: string;
  /** An object, or its JSON text. `***` keeps a value; keys that are left out are removed. */
  readonly credentials?: unknown;
  readonly config?: unknown;
  readonly enabled?: boolean;
}

/** A channel instance as it is shown: `***` for each credential. */
export interface ChannelInstanceView {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly channel_type: string;
  readonly agent_id: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly is_default: boolean;
  readonly created_by: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Its credentials were sealed with another encryption key: they must be set again. */
  readonly secrets_unreadable?: true;
}

type Columns = Partial<
  Omit<ChannelInstanceRow, 'id' | 'version' | 'created_at' | 'updated_at' | 'created_by'>
>;

/** Columns of what is given, apart from the agent, who is checked elsewhere. @throws RecordError */
export function columnsOf(
  input: Partial<ChannelInstanceInput>,
  before: ChannelInstanceRow | undefined,
  sealed: SealedFields,
): Columns {
  const { credentials, config, display_name, channel_type, ...plain } = input;
  const type = typeOf(channel_type, before);
  const spec = CHANNEL_TYPE_SPECS[type];
  const given = credentials === undefined ? undefined : credentialsOf(credentials, spec);
  const stored = sealed.map('credentials', given, before?.credentials);
  if (plain.enabled ?? before?.enabled ?? true) requireCredentials(spec, given, before, sealed);
  const settings =
    config === undefined ? undefined : checked('config', objectOf('config', config), spec.config);
  if (settings && before) requireCredentialsAgain(spec, settings, given, before);
  return {
    ...plain,
    ...(!before && { channel_type: type }),
    ...(display_name !== undefined && { display_name: display_name ?? '' }),
    ...(settings !== undefined && { config: settings }),
    ...(stored !== undefined && { credentials: stored }),
  };
}

function typeOf(given: string | undefined, before: ChannelInstanceRow | undefined): ChannelType {
  const type = given ?? before?.channel_type ?? '';
  if (!isChannelType(type)) throw badField('channel_type', `must be one of ${CHANNEL_TYPES.join(', ')}`);
  if (before && type !== before.channel_type)
    throw badField('channel_type', 'cannot be changed: create another instance');
  return type;
}

export function showInstance(row: ChannelInstanceRow, sealed: SealedFields): ChannelInstanceView {
  const { credentials, created_at, updated_at, ...rest } = row;
  const shown = sealed.showMap(credentials);
  return {
    ...rest,
    credentials: shown ?? {},
    is_default: isDefaultInstance(row.name),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
    ...(!shown && { secrets_unreadable: true }),
  };
}

function credentialsOf(given: unknown, spec: ChannelTypeSpec): Record<string, string> | null {
  const values = Object.entries(objectOf('credentials', given)).filter(
    ([, value]) => value !== null && value !== '',
  );
  const kept = values.filter(([, value]) => value === MASK).map(([key]) => key);
  checked('credentials', Object.fromEntries(values), spec.credentials, new Set(kept));
  return values.length === 0 ? null : Object.fromEntries(values.map(([key, value]) => [key, String(value)]));
}

function requireCredentials(
  { required }: ChannelTypeSpec,
  given: Readonly<Record<string, string>> | null | undefined,
  before: ChannelInstanceRow | undefined,
  sealed: SealedFields,
): void {
  // What was sealed with a lost key is shown as such; it is no reason to refuse another change.
  const present = given === undefined ? sealed.showMap(before?.credentials ?? null) : (given ?? {});
  const missing = present && required.find((key) => !Object.hasOwn(present, key));
  if (missing !== undefined)
    throw badField(`credentials.${missing}`, 'is required for an enabled instance of this type');
}

/** Who may change an agent's instance may not know its credentials: they go where they were given for. @throws RecordError */
function requireCredentialsAgain(
  { sentTo }: ChannelTypeSpec,
  settings: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>> | null | undefined,
  before: ChannelInstanceRow,
): void {
  const isKept = given === undefined || Object.values(given ?? {}).includes(MASK);
  if (sentTo === undefined || before.credentials === null || !isKept) return;
  const target = settings[sentTo];
  if (target === undefined || target === before.config[sentTo]) return;
  throw badField(
    'credentials',
    `are required again when config.${sentTo} changes: what is stored is sent to nobody else`,
  );
}

/** An object, or the JSON text of one. @throws RecordError */
function objectOf(param: string, value: unknown): Record<string, unknown> {
  const parsed = typeof value === 'string' ? parse(param, value) : value;
  if (parsed === null) return {};
  if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw badField(param, 'must be an object');
}

function parse(param: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text may hold a secret: nothing of it, nor of the parser's words about it, is repeated.
    throw new RecordError('invalid', `${param} is not valid JSON.`, { param });
  }
}

function checked(
  param: string,
  values: Record<string, unknown>,
  settings: Readonly<Record<string, Setting>>,
  skipped: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  for (const [key, value] of Object.entries(values)) {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    const known = Object.keys(settings).join(', ');
    if (!setting)
      throw badField(`${param}.${key.slice(0, KEY_SHOWN_CHARS)}`, `is not known; known are ${known}`);
    const problem = skipped.has(key) ? undefined : setting(value);
    if (problem !== undefined) throw badField(`${param}.${key}`, problem);
  }
  return values;
}

const KEY_SHOWN_CHARS = 60;
