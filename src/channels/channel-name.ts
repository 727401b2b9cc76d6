import { CHANNEL_NAME_MAX_CHARS } from '#contracts';

const NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,${CHANNEL_NAME_MAX_CHARS - 1}}$`);

/** Owners, session keys and runs use these first words for something else. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'agent',
  'cli',
  'cron',
  'group',
  'http',
  'subagent',
  'system',
  'ws',
]);

export const CHANNEL_NAME_RULE = `up to ${CHANNEL_NAME_MAX_CHARS} letters, digits and . _ - /, and none of: ${[...RESERVED_NAMES].join(', ')}`;

export function isChannelName(name: string): boolean {
  return NAME.test(name) && !RESERVED_NAMES.has(name);
}
