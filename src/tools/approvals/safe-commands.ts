import type { CommandEntry } from '../shell/command-entry.js';
import { words } from '../shell/words.js';

type Arguments = readonly string[];

/**
 * What a safe command may read unasked. On the host, files of the directory where it starts: elsewhere lie those of the
 * gateway, and its environment in /proc. In a sandbox there is nothing else than what is the agent's own.
 */
export type Readable = 'anything' | 'own-directory' | 'nothing';

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

/** Those of them that print what is in files. */
const PRINTS_FILES: ReadonlySet<string> = new Set(
  words('cat cut diff du find grep head md5sum nl sha256sum sort tail wc'),
);

/** Whether a command only reads and prints, whatever its arguments turn out to be. */
export function isSafe(entry: CommandEntry, readable: Readable): boolean {
  const { program, path, args, plain, dynamic, carriesCode } = entry;
  // A path may lead to anything of that name.
  if (!plain || carriesCode || path !== program) return false;
  const fulfils = SAFE_PROGRAMS.get(program);
  if (!fulfils) return false;
  if (PRINTS_FILES.has(program) && !readsOnly(readable, entry)) return false;
  return fulfils === TAKES_ANYTHING || (!dynamic && fulfils(args));
}

function readsOnly(readable: Readable, { args, dynamic }: CommandEntry): boolean {
  if (readable === 'anything') return true;
  return readable === 'own-directory' && !args.some((arg) => mayLeave(arg, dynamic));
}

/** Whether an argument may name something outside of the directory where a command starts. */
export function mayLeave(arg: string, dynamic: boolean): boolean {
  if (arg.startsWith('-') && arg.includes('/')) return true;
  if (/^[/~]|(^|\/)\.\.(\/|$)/.test(arg)) return true;
  // A variable may hold any path, and `.*` is also `..`.
  return dynamic && /[$`]|(^|\/)\.[^/]*[*?[]/.test(arg);
}
