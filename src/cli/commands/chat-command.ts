import type { Command } from 'commander';
import type { ChatFlags } from '../chat/chat-flags.js';
import type { CliContext } from '../cli-context.js';
import { globalOptions } from '../global-options.js';
import { CHAT_HELP } from '../help-text.js';

export function addChatCommand(
  program: Command,
  context: CliContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('chat')
    .description('talk to an agent of a running gateway')
    .option('-n, --name <agent>', 'the agent to talk to (default: the default agent)')
    .option('-m, --message <text>', 'ask this once, print the answer, leave')
    .option('-s, --session <key>', 'a conversation of its own, by its name or full key')
    .option('--url <url>', "the gateway's address (default: the configured host and port)")
    .option('--token <token>', "the gateway's token (default: as configured, else the generated one)")
    .option('--user <id>', 'the user to be; a managed gateway needs it')
    .addHelpText('after', CHAT_HELP)
    .action(async (flags: ChatFlags, command: Command) => {
      const { runChat } = await import('../chat/run-chat.js');
      finish(await runChat(context, context.loadConfig(globalOptions(command).config), flags));
    });
}
