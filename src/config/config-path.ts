/**
 * A place in the configuration as text: keys with dots between them. A dot or backslash inside of a key (the name of
 * a provider, say) has a backslash before it.
 */
export function joinPath(keys: readonly string[]): string {
  return keys.map((key) => key.replaceAll(/[\\.]/g, '\\$&')).join('.');
}

export function splitPath(path: string): string[] {
  const keys = [''];
  for (let i = 0; i < path.length; i++) {
    const char = path.charAt(i);
    if (char === '.') keys.push('');
    else keys.push(`${keys.pop() ?? ''}${char === '\\' ? path.charAt(++i) : char}`);
  }
  return keys;
}
