import type { ChatScreen } from './chat-screen.js';
import type { Conversation } from './conversation.js';
import type { LineSource } from './line-source.js';

const HELP = [
  '/new   begin a new conversation',
  '/stop  stop the answer that is going (so does Ctrl-C)',
  'y, a, n  approve a command that waits, once or always, or deny it',
  '/connect <server>  sign in at an MCP server',
  '/help  this list',
  'exit, quit, Ctrl-D, or Ctrl-C at the prompt: leave',
];

/** One word behind a slash: `/etc/passwd: what is this?` is a message. */
const COMMAND = /^\/[a-z]+$/i;
const CONNECT = /^\/connect\s+(\S.*)$/i;

/** Takes lines until there are no more, but for `answers` to what was asked; `false` when one of them failed. */
export async function chatLoop(
  input: LineSource,
  conversation: Conversation,
  screen: ChatScreen,
  answers: (line: string) => boolean = () => false,
): Promise<boolean> {
  let hasFailed = false;
  for (let line = await input.next(); line !== undefined; line = await input.next()) {
    const text = line.trim();
    if (/^(exit|quit)$/i.test(text)) break;
    if (text === '' || answers(text)) continue;
    if (!(await take(text, conversation, screen))) hasFailed = true;
  }
  return !hasFailed;
}

function take(text: string, conversation: Conversation, screen: ChatScreen): Promise<boolean> | boolean {
  const [, server] = CONNECT.exec(text) ?? [];
  if (server !== undefined) return conversation.signIn(server);
  if (!COMMAND.test(text)) return conversation.ask(text);
  const command = text.toLowerCase();
  if (command === '/new') return conversation.reset();
  for (const line of replyTo(command)) screen.notice(line);
  return true;
}

function replyTo(command: string): readonly string[] {
  if (command === '/help') return HELP;
  if (command === '/connect') return ['Say which MCP server: /connect <its name>.'];
  if (command === '/stop') return ['There is no answer to stop.'];
  return [`There is no command ${command}. /help lists them.`];
}
