import { CommandError } from '#contracts';
import type { Captured } from './capture.js';

type Reason = CommandError['reason'];

/** What the system says, in the words of the C library, and what we make of it. */
const COMPLAINTS: readonly (readonly [says: string, reason: Reason, means: string])[] = [
  ['No such file or directory', 'not-found', 'does not exist; find what exists with list_files or glob'],
  ['Permission denied', 'refused', 'cannot be used: the user of the sandbox has no permission for it'],
  ['Operation not permitted', 'refused', 'cannot be used: the user of the sandbox has no permission for it'],
  ['Read-only file system', 'refused', 'cannot be written: use a path in /workspace or /tmp'],
  ['No space left on device', 'limit', 'cannot be written: the sandbox is full; remove files from it'],
  ['Disk quota exceeded', 'limit', 'cannot be written: the disk quota is used up; remove files'],
  ['File too large', 'limit', 'cannot be written: it would be larger than a file may be'],
  ['Is a directory', 'refused', 'is a directory'],
  ['Not a directory', 'not-found', 'does not exist: a part of the path is a file; check it with list_files'],
  ['File name too long', 'refused', 'has too long a name; use a shorter one'],
  ['Too many levels of symbolic links', 'refused', 'leads in a circle of links; use another path'],
];

/** Whether a program failed because something is not there. */
export function saysMissing({ complaint }: Captured): boolean {
  return complaint.includes('No such file or directory') || complaint.includes('Not a directory');
}

/** Words for a program that could not do what it was to do with a path. */
export function fileComplaint(path: string, captured: Captured): CommandError {
  if (captured.exitCode === undefined)
    return new CommandError('failed', captured.reason ?? `"${path}": the operation was stopped; try again.`);
  const known = COMPLAINTS.find(([says]) => captured.complaint.includes(says));
  if (known) return new CommandError(known[1], `"${path}" ${known[2]}.`);
  const said = captured.complaint.trim().split('\n')[0] ?? '';
  return new CommandError(
    'failed',
    `"${path}" cannot be used in the sandbox: ${said || 'its image lacks a program'}.`,
  );
}
