import type { Command } from 'commander';
import { VERSION } from '#kernel';
import { PROTOCOL_VERSION } from '#protocol';
import type { CliContext } from '../cli-context.js';

/** E.g. `goclaw v0.1.0 (protocol 3)`. */
export function versionLine(): string {
  return `goclaw v${VERSION} (protocol ${PROTOCOL_VERSION})`;
}

export function addVersionCommand(program: Command, context: CliContext): void {
  program
    .command('version')
    .description('print the version of the program and of its protocol')
    .action(() => void context.stdout.write(`${versionLine()}\n`));
}
