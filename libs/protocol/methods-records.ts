/** What is told of records that this version keeps and does not run yet. */
export type RuntimeNote = 'not_available';

/** An account of a chat platform. Field names are those of the REST interface. */
export interface ChannelInstanceInfo {
  id: string;
  name: string;
  display_name: string;
  channel_type: string;
  agent_id: string;
  /** `***` for each value. */
  credentials: Readonly<Record<string, string>>;
  config: Readonly<Record<string, unknown>>;
  enabled: boolean;
  is_default: boolean;
  created_by: string;
  version: number;
  created_at: string;
  updated_at: string;
  secrets_unreadable?: true;
  runtime: RuntimeNote;
}

export interface ChannelInstanceFields {
  name: string;
  display_name?: string;
  channel_type: string;
  agent_id: string;
  /** An object, or its JSON text. */
  credentials?: unknown;
  /** An object, or its JSON text. */
  config?: unknown;
  enabled?: boolean;
}

/** A skill that was uploaded. */
export interface SkillInfo {
  id: string;
  slug: string;
  name: string;
  description: string;
  source: 'managed';
  /** Of its SKILL.md, below the skills directory. */
  path: string;
  baseDir: string;
  /** Of its files: an upload raises it. */
  version: number;
  visibility: 'private' | 'internal' | 'public';
  status: 'active' | 'archived';
  owner_id: string;
  tags: readonly string[];
  /** Bytes of the uploaded package. */
  file_size: number;
  file_hash?: string;
  /** Of the record: every change raises it. */
  record_version: number;
  created_at: string;
  updated_at: string;
  runtime: RuntimeNote;
}

/** What can be set of a skill. */
export interface SkillFields {
  name?: string;
  description?: string;
  visibility?: 'private' | 'internal' | 'public';
  status?: 'active' | 'archived';
  tags?: readonly string[];
}

type Method<P, R> = { params: P; result: R };

/** Channels and skills. */
export interface RecordMethods {
  /** Names of the channels that can be spoken through. */
  'channels.list': Method<undefined, { channels: string[] }>;
  /** How channels and their instances are, by name. */
  'channels.status': Method<undefined, { channels: Record<string, { enabled: boolean; running: boolean }> }>;
  /** Enables or disables a channel instance, named by its id or name; without `enabled`, the other way round. */
  'channels.toggle': Method<
    { channel: string; enabled?: boolean },
    { ok: true; channel: string; enabled: boolean; runtime: RuntimeNote }
  >;
  /** The instances that the caller may keep, by name. */
  'channels.instances.list': Method<undefined, { instances: ChannelInstanceInfo[]; runtime: RuntimeNote }>;
  /** One channel instance, its credentials masked. */
  'channels.instances.get': Method<{ id: string }, ChannelInstanceInfo>;
  /** Makes a channel instance. Its credentials are sealed. */
  'channels.instances.create': Method<ChannelInstanceFields, ChannelInstanceInfo>;
  /** Changes what `updates` holds. */
  'channels.instances.update': Method<
    { id: string; updates: Partial<ChannelInstanceFields> },
    ChannelInstanceInfo & { status: 'updated' }
  >;
  /** Removes a channel instance; a default one stays. */
  'channels.instances.delete': Method<{ id: string }, ChannelInstanceInfo & { status: 'deleted' }>;
  /** The skills that the caller may see, by name. */
  'skills.list': Method<undefined, { skills: SkillInfo[]; runtime: RuntimeNote }>;
  /** A skill with its text; `name` is its slug, name or id. */
  'skills.get': Method<{ name: string }, SkillInfo & { content: string }>;
  /** Changes a skill of the caller's own; an admin, all. */
  'skills.update': Method<{ name?: string; id?: string; updates: SkillFields }, SkillInfo & { ok: 'true' }>;
}
