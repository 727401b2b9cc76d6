import type { CommandEntry } from '../shell/command-entry.js';

type Arguments = readonly string[];

const ANY = (): boolean => true;
const NONE = (args: Arguments): boolean => args.length === 0;
/** None of these options, nor an option that could be an abbreviation of one or hold one among other letters. */
const without =
  (...options: readonly RegExp[]) =>
  (args: Arguments): boolean =>
    !args.some((arg) => options.some((option) => option.test(arg)));

/**
 * Programs that read and print, by what their arguments must fulfil so that they do nothing else: no writing, no other
 * program, no setting. Whatever could be told to is missing: `env`, `xargs`, `awk`, `sed`, `tee`, `git`, interpreters.
 */
const SAFE_PROGRAMS: ReadonlyMap<string, (args: Arguments) => boolean> = new Map([
  ['basename', ANY],
  ['cat', ANY],
  ['cksum', ANY],
  ['cut', ANY],
  ['df', ANY],
  ['dirname', ANY],
  ['du', ANY],
  ['echo', ANY],
  ['false', ANY],
  ['free', ANY],
  ['grep', ANY],
  ['head', ANY],
  ['id', ANY],
  ['ls', ANY],
  ['md5sum', ANY],
  ['nl', ANY],
  ['printenv', ANY],
  ['pwd', ANY],
  ['readlink', ANY],
  ['realpath', ANY],
  ['sha256sum', ANY],
  ['stat', ANY],
  ['tail', ANY],
  ['tr', ANY],
  ['true', ANY],
  ['uname', ANY],
  ['uptime', ANY],
  ['wc', ANY],
  ['which', ANY],
  ['whoami', ANY],
  ['hostname', NONE],
  ['date', without(/^-[^-]*[sf]/, /^--[sf]/, /^[^-+]/)],
  ['diff', without(/^--pa/, /^-[^-]*l/)],
  ['find', without(/^-(exec|ok|delete|fprint|fls|files0)/)],
  ['sort', without(/^-[^-]*[oT]/, /^--[ocft]/)],
]);

/** What an option table knows nothing of until it runs is not safe. */
const TAKES_ANYTHING = ANY;

/** Whether a command only reads and prints, whatever its arguments turn out to be. */
export function isSafe({ program, path, args, plain, dynamic, carriesCode }: CommandEntry): boolean {
  // A path may lead to anything of that name.
  if (!plain || carriesCode || path !== program) return false;
  const fulfils = SAFE_PROGRAMS.get(program);
  if (!fulfils) return false;
  return fulfils === TAKES_ANYTHING || (!dynamic && fulfils(args));
}
