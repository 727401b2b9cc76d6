import type { McpAgentGrantRow, McpUserGrantRow } from '#store';

/** Which tools of a server somebody has. Names are as the server has them. */
export interface ToolTerms {
  /** Absent: every one. */
  readonly allow?: ReadonlySet<string>;
  readonly deny: ReadonlySet<string>;
  /** The same for the same terms. */
  readonly key: string;
}

export const EVERY_TOOL: ToolTerms = { deny: new Set(), key: '' };

type Grant = Pick<McpAgentGrantRow | McpUserGrantRow, 'enabled' | 'tool_allow' | 'tool_deny'>;

/**
 * An agent's grant opens a server to the users of the agent; a user's own narrows it, or closes it (`enabled: false`).
 * What either denies is denied, and where both allow only some, only those that both allow. `undefined`: no access.
 */
export function mergeGrants(ofAgent: Grant | undefined, ofUser: Grant | undefined): ToolTerms | undefined {
  if (!ofAgent?.enabled || ofUser?.enabled === false) return undefined;
  const lists = [ofAgent.tool_allow, ofUser?.tool_allow].filter(
    (list) => list !== null && list !== undefined,
  );
  const [first, second] = lists;
  const allow = first && (second ? first.filter((name) => second.includes(name)) : first);
  const deny = [...(ofAgent.tool_deny ?? []), ...(ofUser?.tool_deny ?? [])];
  return {
    ...(allow && { allow: new Set(allow) }),
    deny: new Set(deny),
    key: JSON.stringify([allow?.toSorted() ?? null, deny.toSorted()]),
  };
}

export function isGranted({ allow, deny }: ToolTerms, name: string): boolean {
  return !deny.has(name) && (allow === undefined || allow.has(name));
}
