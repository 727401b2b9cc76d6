import type { Command } from 'commander';

/** Flags that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly verbose: boolean;
}

/** The global flags, wherever on the command line they stood. */
export function globalOptions(command: Command): GlobalOptions {
  const { config, verbose } = command.optsWithGlobals<{ config?: string; verbose?: boolean }>();
  return { ...(config === undefined ? {} : { config }), verbose: verbose ?? false };
}
