import { ValidateBy } from 'class-validator';
import { CUSTOM_GROUP, GROUP_PREFIX, isKnownGroup, TOOL_GROUPS } from './tool-groups.js';

const GROUPS_TEXT = [...TOOL_GROUPS.keys(), CUSTOM_GROUP, 'mcp', 'mcp:<server>']
  .map((name) => GROUP_PREFIX + name)
  .join(', ');

/**
 * Refuses entries that name an unknown group: a slip in a deny list would open a door. An unknown tool name is
 * fine, it may be one that is installed later.
 */
export function HasKnownGroups(): PropertyDecorator {
  return ValidateBy({
    name: 'hasKnownGroups',
    validator: {
      validate: (value: unknown) => !Array.isArray(value) || value.every(isUsable),
      defaultMessage: () => `may name the groups ${GROUPS_TEXT}`,
    },
  });
}

function isUsable(entry: unknown): boolean {
  if (typeof entry !== 'string' || !entry.trim().startsWith(GROUP_PREFIX)) return true;
  return isKnownGroup(entry.trim().slice(GROUP_PREFIX.length));
}
