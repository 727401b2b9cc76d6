import { words } from './words.js';

/** Programs that read a shell text. */
export const SHELLS: ReadonlySet<string> = new Set(
  words(`
    sh bash dash ash zsh ksh mksh rbash fish
  `),
);

/** What a pipe into them makes run, beside shells. */
export const INTERPRETERS: ReadonlySet<string> = new Set(
  words(`
    python python2 python3 perl ruby node nodejs php lua deno bun tclsh osascript
  `),
);

/** Builtins after which the text means something else, or that run what is only known then. */
export const STATE_CHANGERS: ReadonlySet<string> = new Set(
  words(`
    eval source . trap alias unalias shift export readonly declare typeset local unset read mapfile
    readarray getopts let enable hash shopt bind complete compgen compopt fc history caller coproc
    setopt autoload zmodload emulate
  `),
);

/** Directories in which a program is what its name says. */
const SYSTEM_DIRECTORIES: ReadonlySet<string> = new Set([
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
]);

/** The last part of a path: `/usr/bin/rm` is `rm`. */
export function programName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a program is found by its name, and not in a directory that somebody can write to. */
export function isSystemProgram(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return slash < 0 || SYSTEM_DIRECTORIES.has(path.slice(0, slash));
}

/** Whether an argument makes a program of what is written to it: `-`, `/dev/stdin`, `/proc/self/fd/0`. */
export function isOwnInput(argument: string): boolean {
  return argument === '-' || /\/(?:stdin|fd\/(?:\.?\/)*0)$/.test(argument);
}

/** `python3.12` is `python3`. */
export function isInterpreter(program: string): boolean {
  return INTERPRETERS.has(program) || INTERPRETERS.has(program.replace(/\.?[\d.]*$/, ''));
}
