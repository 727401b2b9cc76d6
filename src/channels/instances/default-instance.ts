/** Names of the instances that a gateway begins with. */
const DEFAULT_NAMES: ReadonlySet<string> = new Set(['telegram', 'discord', 'feishu', 'zalo_oa', 'whatsapp']);

/** Whether an instance is one that must stay: it can be disabled, never deleted. */
export function isDefaultInstance(name: string): boolean {
  return DEFAULT_NAMES.has(name) || name.endsWith('/default');
}
