export const PROVIDER_TYPES = ['anthropic_native', 'openai_compat'] as const;
export type ProviderType = (typeof PROVIDER_TYPES)[number];

/** Where a provider was configured. A later one in this list overrides an earlier one of the same name. */
export const PROVIDER_SOURCES = ['local', 'config', 'database'] as const;
export type ProviderSource = (typeof PROVIDER_SOURCES)[number];

/** Everything an adapter is made from. Two equal settings make the same adapter. */
export interface ProviderSettings {
  readonly name: string;
  readonly type: ProviderType;
  readonly apiBase: string;
  /** Absent: the endpoint takes requests without one. */
  readonly apiKey?: string;
  /** The environment variable that sets the key: named in errors. */
  readonly keyVariable?: string;
  readonly defaultModel?: string;
  /** Overrides the list that the endpoint gives. */
  readonly models?: readonly string[];
  /** Nothing is called by this name, whatever an earlier source says. */
  readonly disabled?: boolean;
  /** Why it cannot be called, for people. */
  readonly broken?: string;
}
