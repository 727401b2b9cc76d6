type Policy = Readonly<Record<string, unknown>>;

/**
 * What of a change of `tools_config` gives an agent more tools than the configuration leaves to everybody: another
 * profile, or more in `alsoAllow`, for all providers or for one. `undefined`: it only narrows. Both were checked to be
 * policies.
 */
export function wideningOf(before: Policy, after: Policy): string | undefined {
  const own = widening(before, after);
  if (own !== undefined) return own;
  const [old, now] = [policiesOf(before['byProvider']), policiesOf(after['byProvider'])];
  for (const provider of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const field = widening(old[provider] ?? {}, now[provider] ?? {});
    if (field !== undefined) return `byProvider.${provider}.${field}`;
  }
  return undefined;
}

function widening(before: Policy, after: Policy): string | undefined {
  if ((before['profile'] ?? '') !== (after['profile'] ?? '')) return 'profile';
  const known = listOf(before['alsoAllow']);
  return listOf(after['alsoAllow']).every((tool) => known.includes(tool)) ? undefined : 'alsoAllow';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function policiesOf(value: unknown): Readonly<Record<string, Policy>> {
  return Object.assign({}, value);
}
