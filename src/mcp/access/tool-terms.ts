import type { McpAgentGrantRow, McpUserGrantRow } from '#store';

/** Which tools of a server somebody has. Names are as the server has them. */
export interface ToolTerms {
  /** Absent: every one. */
  readonly allow?: ReadonlySet<string>;
  readonly deny: ReadonlySet<string>;
  /** The most that a call may take; absent: what the server gives. */
  readonly timeoutMs?: number;
  /** The same for the same terms. */
  readonly key: string;
}

export const EVERY_TOOL: ToolTerms = { deny: new Set(), key: '' };

type Grant = Pick<McpAgentGrantRow | McpUserGrantRow, 'enabled' | 'tool_allow' | 'tool_deny'>;
type AgentGrant = Grant & Partial<Pick<McpAgentGrantRow, 'config_overrides'>>;

/**
 * An agent's grant opens a server to the users of the agent; a user's own narrows it, or closes it (`enabled: false`).
 * What either denies is denied, and where both allow only some, only those that both allow. `undefined`: no access.
 */
export function mergeGrants(
  ofAgent: AgentGrant | undefined,
  ofUser: Grant | undefined,
): ToolTerms | undefined {
  if (!ofAgent?.enabled || ofUser?.enabled === false) return undefined;
  const lists = [ofAgent.tool_allow, ofUser?.tool_allow].filter(
    (list) => list !== null && list !== undefined,
  );
  const [first, second] = lists;
  const allow = first && (second ? first.filter((name) => second.includes(name)) : first);
  const deny = [...(ofAgent.tool_deny ?? []), ...(ofUser?.tool_deny ?? [])];
  const timeoutSec = timeoutSecOf(ofAgent.config_overrides);
  return {
    ...(allow && { allow: new Set(allow) }),
    deny: new Set(deny),
    ...(timeoutSec !== undefined && { timeoutMs: timeoutSec * 1_000 }),
    key: JSON.stringify([allow?.toSorted() ?? null, deny.toSorted(), timeoutSec ?? null]),
  };
}

/** Stored ones may be from before they were checked: what does not fit says nothing. */
function timeoutSecOf(overrides: AgentGrant['config_overrides']): number | undefined {
  const value = overrides?.['timeout_sec'];
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : undefined;
}

export function isGranted({ allow, deny }: ToolTerms, name: string): boolean {
  return !deny.has(name) && (allow === undefined || allow.has(name));
}
