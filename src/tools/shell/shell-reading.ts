import type { CommandEntry, ParsedCommand } from './command-entry.js';

/** One word of a command, without its quotes. */
export interface ShellWord {
  /** What the program gets; expansions as they are written. */
  readonly value: string;
  /** In canonical form. */
  readonly text: string;
  /** `true`: the shell puts something in, so `value` is only known when it runs. */
  readonly dynamic: boolean;
}

/** A command with what stands around it in the text. */
export interface FoundCommand {
  readonly entry: CommandEntry;
  /** Commands whose output is put into its words or that feed it as files. */
  readonly substitutions: readonly FoundCommand[];
  /** The pipeline that it is part of: what stands before it there writes to its input. */
  readonly pipeline?: { readonly id: number; readonly position: number };
}

/** Everything that was read out of a shell text. */
export interface ShellReading extends ParsedCommand {
  readonly found: readonly FoundCommand[];
  /** Functions that start themselves in a pipeline or in the background. */
  readonly selfFeeding: readonly string[];
  /** Program texts for other interpreters than a shell. */
  readonly code: readonly string[];
}
