import { between, choice, flag, httpUrl, type Setting, text, texts, wsUrl } from './setting.js';

export const CHANNEL_TYPES = [
  'telegram',
  'discord',
  'whatsapp',
  'zalo_oa',
  'zalo_personal',
  'feishu',
] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** What can be set of one type of channel. */
export interface ChannelTypeSpec {
  readonly credentials: Readonly<Record<string, Setting>>;
  /** Credentials without which an enabled instance makes no sense. */
  readonly required: readonly string[];
  readonly config: Readonly<Record<string, Setting>>;
  /** What of the configuration says to whom the credentials are sent. */
  readonly sentTo?: string;
}

const POLICY = choice('pairing', 'allowlist', 'open', 'disabled');
const DIRECT = { allow_from: texts(), dm_policy: POLICY } as const;
const GROUPS = { ...DIRECT, group_policy: POLICY } as const;
const MEDIA_MAX_BYTES = 2_147_483_648;
const MEDIA_MAX_MB = 2_048;
const HISTORY_MAX = 1_000;

export const CHANNEL_TYPE_SPECS: Readonly<Record<ChannelType, ChannelTypeSpec>> = {
  telegram: {
    credentials: { token: text(), proxy: text() },
    required: ['token'],
    config: {
      ...GROUPS,
      require_mention: flag(),
      history_limit: between(0, HISTORY_MAX),
      stream_mode: choice('none', 'partial'),
      reaction_level: choice('off', 'minimal', 'full'),
      media_max_bytes: between(0, MEDIA_MAX_BYTES),
      link_preview: flag(),
    },
  },
  discord: { credentials: { token: text() }, required: ['token'], config: { ...GROUPS } },
  whatsapp: { credentials: { bridge_url: wsUrl() }, required: ['bridge_url'], config: { ...GROUPS } },
  zalo_oa: {
    credentials: { token: text(), webhook_secret: text() },
    required: ['token'],
    config: { ...DIRECT, webhook_url: httpUrl(), media_max_mb: between(0, MEDIA_MAX_MB) },
  },
  zalo_personal: {
    credentials: { imei: text(), cookie: text(), user_agent: text(), language: text() },
    required: [],
    config: { ...GROUPS, require_mention: flag(), history_limit: between(0, HISTORY_MAX) },
  },
  feishu: {
    credentials: { app_id: text(), app_secret: text(), encrypt_key: text(), verification_token: text() },
    required: ['app_id', 'app_secret'],
    config: {
      ...GROUPS,
      domain: text(),
      connection_mode: choice('websocket', 'webhook'),
      webhook_port: between(1, 65_535),
      webhook_path: text(),
      group_allow_from: texts(),
      require_mention: flag(),
      topic_session_mode: choice('disabled', 'enabled'),
      text_chunk_limit: between(1, 100_000),
      media_max_mb: between(0, MEDIA_MAX_MB),
      render_mode: choice('auto', 'raw', 'card'),
      streaming: flag(),
      history_limit: between(0, HISTORY_MAX),
    },
    sentTo: 'domain',
  },
};

export function isChannelType(name: string): name is ChannelType {
  return CHANNEL_TYPES.some((type) => type === name);
}
