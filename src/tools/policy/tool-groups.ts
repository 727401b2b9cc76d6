const MEMORY = ['memory_search', 'memory_get'];
const WEB = ['web_search', 'web_fetch'];
const FS = ['read_file', 'write_file', 'list_files', 'edit_file', 'search', 'glob'];
const RUNTIME = ['exec', 'process'];
const SESSIONS = [
  'sessions_list',
  'sessions_history',
  'sessions_send',
  'sessions_spawn',
  'subagents',
  'session_status',
];
const DEVICES_AND_AUTOMATION = ['browser', 'canvas', 'nodes', 'cron', 'message', 'gateway', 'agents_list'];

/**
 * Names that policies may use for several tools, written `group:fs`. A tool joins further groups by its own
 * spec. Names of tools that are not installed match nothing.
 */
export const TOOL_GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['memory', MEMORY],
  ['web', WEB],
  ['fs', FS],
  ['runtime', RUNTIME],
  ['sessions', SESSIONS],
  ['ui', ['browser', 'canvas']],
  ['automation', ['cron', 'gateway']],
  ['messaging', ['message']],
  ['nodes', ['nodes']],
  ['goclaw', [...DEVICES_AND_AUTOMATION, ...SESSIONS, ...MEMORY, ...WEB, 'image']],
]);

export const TOOL_PROFILES = ['minimal', 'coding', 'messaging', 'full'] as const;
export type ToolProfile = (typeof TOOL_PROFILES)[number];

/** What each profile offers, as policy entries. */
export const PROFILE_ENTRIES: Readonly<Record<ToolProfile, readonly string[]>> = {
  minimal: ['session_status'],
  coding: ['group:fs', 'group:runtime', 'group:sessions', 'group:memory', 'image'],
  messaging: ['group:messaging', 'sessions_list', 'sessions_history', 'sessions_send', 'session_status'],
  full: ['*'],
};

/** What runs that another run started never have: they work for it, not for the user or the gateway. */
export const SUBAGENT_DENIED: readonly string[] = [
  'gateway',
  'agents_list',
  'whatsapp_login',
  'session_status',
  'cron',
  'memory_search',
  'memory_get',
  'sessions_send',
];

/** Other names that models and policies use for a tool. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['bash', 'exec'],
  ['apply-patch', 'apply_patch'],
]);

export function canonicalToolName(name: string): string {
  return ALIASES.get(name) ?? name;
}

/** Names of the gateway's own tools, and their other names; none of a group. */
const RESERVED: ReadonlySet<string> = new Set([
  ...[...TOOL_GROUPS.values()].flat(),
  ...SUBAGENT_DENIED,
  ...[...ALIASES].flat(),
  'spawn',
  'subagent',
  'skill_search',
  'tts',
]);

/** Whether a policy that names it means a tool of the gateway, there or still to come: nothing else may be called so. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name);
}

export const GROUP_PREFIX = 'group:';
/** The group of the tools that admins make of commands. */
export const CUSTOM_GROUP = 'custom';
const DYNAMIC_GROUP = /^(custom|mcp(:.+)?)$/;

/** Whether `group:<name>` can mean something: a fixed group, all custom or MCP tools, or those of one MCP server. */
export function isKnownGroup(name: string): boolean {
  return TOOL_GROUPS.has(name) || DYNAMIC_GROUP.test(name);
}
