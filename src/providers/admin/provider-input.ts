import { badField, type GivenSecret, RecordError, type SealedFields } from '#permissions';
import type { ProviderRow } from '#store';
import { KNOWN_PROVIDERS } from '../known-providers.js';
import type { ProviderSettings, ProviderType } from '../provider-settings.js';

/** What an admin sets of a provider. */
export interface ProviderInput {
  /** A slug, by which agents name it. */
  readonly name: string;
  readonly display_name?: string | null;
  readonly provider_type?: ProviderType;
  /** Absent or empty: that of the preconfigured provider of this name. */
  readonly api_base?: string | null;
  readonly api_key?: GivenSecret;
  readonly enabled?: boolean;
  readonly settings?: ProviderRow['settings'] | null;
}

/** A provider as it is shown: without its key. */
export interface ProviderView {
  readonly id: string;
  readonly name: string;
  readonly display_name?: string;
  readonly provider_type: ProviderType;
  readonly api_base: string;
  readonly api_key?: '***';
  readonly enabled: boolean;
  readonly settings: ProviderRow['settings'];
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

type Columns = Partial<Pick<ProviderRow, keyof ProviderInput>>;

const MISSING_NAME = 'is required';
const BASE_NEEDED = `is required: only ${Object.keys(KNOWN_PROVIDERS).join(', ')} have one of their own`;

/** Columns of what is given. @throws RecordError */
export function columnsOf(
  input: Partial<ProviderInput>,
  before: ProviderRow | undefined,
  sealed: SealedFields,
): Columns {
  const { name = before?.name, api_base, api_key, enabled } = input;
  if (name === undefined) throw badField('name', MISSING_NAME);
  const base = (api_base === undefined ? before?.api_base : api_base) || null;
  if (base === null && !KNOWN_PROVIDERS[name]) throw badField('api_base', BASE_NEEDED);
  const key = sealed.text(api_key);
  requireKeyAgain(before, base, name, key);
  return {
    name,
    ...(api_base !== undefined && { api_base: base }),
    ...(key !== undefined && { api_key: key }),
    ...(enabled !== undefined && { enabled }),
    ...descriptionOf(input, name, before),
  };
}

function descriptionOf(
  { display_name, provider_type, settings }: Partial<ProviderInput>,
  name: string,
  before: ProviderRow | undefined,
): Columns {
  const type = provider_type ?? (before ? undefined : (KNOWN_PROVIDERS[name]?.type ?? 'openai_compat'));
  return {
    ...(display_name !== undefined && { display_name: display_name || null }),
    ...(type !== undefined && { provider_type: type }),
    ...(settings !== undefined && { settings: settings ?? {} }),
  };
}

/** A stored key goes to nobody but the host that it was given for: who moves a provider must know its key. */
function requireKeyAgain(
  before: ProviderRow | undefined,
  base: string | null,
  name: string,
  key: string | null | undefined,
): void {
  if (!before || before.api_key === null || key !== undefined) return;
  if (originOf(before.name, before.api_base) === originOf(name, base)) return;
  throw new RecordError(
    'invalid',
    'api_key is required again when a provider moves to another host: its stored key is sent to nobody else.',
    { param: 'api_key' },
  );
}

function originOf(name: string, base: string | null): string {
  return new URL(base ?? KNOWN_PROVIDERS[name]?.apiBase ?? 'http://unknown.invalid').origin;
}

/** What adapters are made of. A key that cannot be opened leaves the provider broken: it is never called without. */
export function settingsOfRow(row: ProviderRow, sealed: SealedFields): ProviderSettings {
  const { name, enabled, settings } = row;
  const key = row.api_key === null ? {} : openKey(row.api_key, name, sealed);
  const known = KNOWN_PROVIDERS[name];
  const defaultModel = settings.default_model ?? known?.defaultModel;
  return {
    name,
    type: typeOf(row),
    apiBase: baseOf(row),
    ...key,
    ...(defaultModel !== undefined && { defaultModel }),
    ...(settings.models && { models: settings.models }),
    ...(!enabled && { disabled: true }),
  };
}

export function showProvider(row: ProviderRow): ProviderView {
  const { id, name, display_name, enabled, settings, version, created_at, updated_at } = row;
  return {
    id,
    name,
    ...(display_name !== null && { display_name }),
    provider_type: typeOf(row),
    api_base: baseOf(row),
    ...(row.api_key !== null && { api_key: '***' }),
    enabled,
    settings,
    version,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

function typeOf({ provider_type }: ProviderRow): ProviderType {
  return provider_type === 'anthropic_native' ? 'anthropic_native' : 'openai_compat';
}

function baseOf({ name, api_base }: ProviderRow): string {
  return (api_base ?? KNOWN_PROVIDERS[name]?.apiBase ?? '').replace(/\/+$/, '');
}

function openKey(
  stored: string,
  name: string,
  sealed: SealedFields,
): Pick<ProviderSettings, 'apiKey' | 'broken'> {
  try {
    return { apiKey: sealed.openText(stored) };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'It cannot be opened.';
    return { broken: `The API key of the provider ${name} cannot be used. ${why}` };
  }
}
