import type { Identity } from './templates/identity.template.js';

const KEYS = { name: 'Name', emoji: 'Emoji', avatar: 'Avatar', description: 'Description' } as const;

/** Reads the `Key: Value` lines of an IDENTITY.md; also as items of a list. What is empty is absent. */
export function parseIdentity(text: string): Identity {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] =
      /^\s*(?:[-*]\s+)?(?:\*\*)?([A-Za-z]+)(?:\*\*)?\s*:\s*(?:\*\*)?\s*(.+?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined && !values.has(key)) values.set(key, value);
  }
  const found = Object.entries(KEYS).flatMap(([field, key]) => {
    const value = values.get(key);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(found) as Identity;
}
