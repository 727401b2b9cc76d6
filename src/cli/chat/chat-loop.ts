import type { ChatScreen } from './chat-screen.js';
import type { Conversation } from './conversation.js';
import type { LineSource } from './line-source.js';

const HELP = [
  '/new   begin a new conversation',
  '/stop  stop the answer that is going (so does Ctrl-C)',
  '/help  this list',
  'exit, quit, Ctrl-D, or Ctrl-C at the prompt: leave',
];

/** One word behind a slash: `/etc/passwd: what is this?` is a message. */
const COMMAND = /^\/[a-z]+$/i;

/** Takes lines until there are no more; `false` when a message was not answered. */
export async function chatLoop(
  input: LineSource,
  conversation: Conversation,
  screen: ChatScreen,
): Promise<boolean> {
  let isEachAnswered = true;
  for (let line = await input.next(); line !== undefined; line = await input.next()) {
    const text = line.trim();
    if (/^(exit|quit)$/i.test(text)) break;
    if (COMMAND.test(text)) await obey(text.toLowerCase(), conversation, screen);
    else if (text !== '' && !(await conversation.ask(text))) isEachAnswered = false;
  }
  return isEachAnswered;
}

async function obey(command: string, conversation: Conversation, screen: ChatScreen): Promise<void> {
  switch (command) {
    case '/new':
      await conversation.reset();
      return screen.notice('A new conversation.');
    case '/stop':
      return screen.notice('There is no answer to stop.');
    case '/help':
      for (const line of HELP) screen.notice(line);
      return;
    case '/exit':
    case '/quit':
      return screen.notice('Type exit without the slash, or Ctrl-D.');
    default:
      return screen.notice(`There is no command ${command}. /help lists them.`);
  }
}
