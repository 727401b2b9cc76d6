type Policy = Readonly<Record<string, unknown>>;

/**
 * What of a change of `tools_config` gives an agent more tools than it has: another profile, more in `alsoAllow` or
 * `allow`, less in `deny`, for all providers and channels or for one. `undefined`: it only narrows. Both were checked
 * to be policies.
 */
export function wideningOf(before: Policy, after: Policy): string | undefined {
  const own = widening(before, after);
  if (own !== undefined) return own;
  for (const kind of ['byProvider', 'byChannel']) {
    const [old, now] = [policiesOf(before[kind]), policiesOf(after[kind])];
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const field = widening(old[name] ?? {}, now[name] ?? {});
      if (field !== undefined) return `${kind}.${name}.${field}`;
    }
  }
  return undefined;
}

function widening(before: Policy, after: Policy): string | undefined {
  if ((before['profile'] ?? '') !== (after['profile'] ?? '')) return 'profile';
  if (!isWithin(after['alsoAllow'], before['alsoAllow'])) return 'alsoAllow';
  if (!isWithin(before['deny'], after['deny'])) return 'deny';
  // Without a list of its own, everything that the configuration leaves is allowed.
  const isLimited = listOf(before['allow']).length > 0;
  const stays = listOf(after['allow']).length > 0 && isWithin(after['allow'], before['allow']);
  return isLimited && !stays ? 'allow' : undefined;
}

function isWithin(part: unknown, whole: unknown): boolean {
  const known = listOf(whole);
  return listOf(part).every((tool) => known.includes(tool));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function policiesOf(value: unknown): Readonly<Record<string, Policy>> {
  return Object.assign({}, value);
}
