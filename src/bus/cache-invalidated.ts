/** What is remembered from the database, as its readers know it. */
export const CACHES = [
  /** Agents and who may use them. Key: the agent's id. */
  'agent',
  /** Context files. Key: the agent's id. */
  'bootstrap',
  /** Key: the id of the skill. */
  'skills',
  'cron',
  /** Key: the id of the tool. */
  'custom_tools',
  /** Key: the name of the provider. */
  'providers',
  /** Key: the id of the server. */
  'mcp',
  /** Key: the id of the instance. */
  'channel_instances',
  /** Keys and paired devices. Key: the id of the credential. */
  'credentials',
  /** No cache: containers with files of a user, and pages. Key: the id of the user, who was erased. */
  'sandboxes',
  /** The configuration and its secrets. */
  'config',
] as const;
export type CacheName = (typeof CACHES)[number];

/** What is remembered is no longer true, on every replica: of one key, or without a key of all. */
export class CacheInvalidated {
  constructor(
    readonly cache: CacheName,
    readonly key?: string,
  ) {}
}
