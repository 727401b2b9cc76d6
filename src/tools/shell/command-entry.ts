/** One simple command of a shell text: a program with its arguments, its assignments and its redirections. */
export interface CommandEntry {
  /**
   * Base name of the program as it is found after quotes are taken away (`/usr/bin/rm` is `rm`); '' where there is
   * only a redirection.
   */
  readonly program: string;
  /** The program as it is written, without quotes: `rm`, `/usr/bin/rm`, `./build.sh`. */
  readonly path: string;
  /** The arguments without quotes; what the shell would put in (`$HOME`, `*.txt`) stays as it is written. */
  readonly args: readonly string[];
  /**
   * All of it in canonical form: assignments, program, arguments and redirections, one blank between, quoted in one
   * way. Two texts that are equal here mean the same to every shell; what is bound to a command is bound to this.
   */
  readonly text: string;
  /**
   * `true`: program and arguments are all there is: no assignment (`LD_PRELOAD=x ls`), no redirection to or from a
   * file (`2>&1` and `/dev/null` are none). Only a plain command counts as listed because its program is.
   */
  readonly plain: boolean;
  /** `true`: an argument has an expansion (`$X`, `*`, `~`), so what the program gets is only known when it runs. */
  readonly dynamic: boolean;
  /**
   * `true`: an argument is a program text or a command for somebody else (`sh -c`, `python -e`, `xargs`, `find -exec`,
   * `ssh`).
   */
  readonly carriesCode: boolean;
}

/** What a shell would run for a text, as far as it can be known before it does. */
export interface ParsedCommand {
  /**
   * Every simple command: of each pipeline, list, group, condition, here-document and substitution, and those that a
   * known program is told to run (`sh -c 'rm x'` gives `sh` and `rm`). In the order in which they are written.
   */
  readonly entries: readonly CommandEntry[];
  /**
   * `true`: something was not understood, or means different things to different shells, or what will run is only
   * known then. Such a text never counts as listed: it asks.
   */
  readonly opaque: boolean;
  /** What made it opaque, in words for a person: `an expansion in the place of a program`. */
  readonly problem?: string;
}
