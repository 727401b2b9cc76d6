import { GoClawClient } from '#client';
import type { ConfigService } from '#config';
import type { CliContext } from '../cli-context.js';
import { ExitCode } from '../exit-code.js';
import type { ChatFlags } from './chat-flags.js';
import { chatLoop } from './chat-loop.js';
import { ChatScreen } from './chat-screen.js';
import { chatTarget } from './chat-target.js';
import { Conversation } from './conversation.js';
import { enterGateway } from './enter-gateway.js';
import { Interrupts } from './interrupts.js';
import { PipedInput } from './piped-input.js';
import { PromptInput } from './prompt-input.js';
import { watchConnection } from './watch-connection.js';

/** Holds a conversation until its input ends, or asks once. Exit code 1 when a message was not answered. */
export async function runChat(context: CliContext, config: ConfigService, flags: ChatFlags): Promise<number> {
  const target = chatTarget(flags, config);
  const client = new GoClawClient(target);
  const screen = new ChatScreen(context);
  try {
    const userId = await enterGateway(client, target);
    const conversation = await Conversation.open(client, screen, flags, userId);
    if (flags.message !== undefined)
      return exitCode(await askOnce(context, client, screen, conversation, flags.message));
    if (!context.stdin.isTTY || !screen.isTerminal)
      return exitCode(await readPipe(context, client, screen, conversation));
    await sitAtKeyboard(context, client, screen, conversation);
    return ExitCode.OK;
  } finally {
    client.close();
  }
}

function askOnce(
  context: CliContext,
  client: GoClawClient,
  screen: ChatScreen,
  conversation: Conversation,
  message: string,
): Promise<boolean> {
  const interrupts = new Interrupts(conversation, () => conversation.leave());
  const stopWatching = watchConnection(client, screen, { givesUp: true });
  let keyboard: PromptInput | undefined;
  // The keyboard is the shell's until there is something to answer.
  const canAnswer = (): boolean => {
    if (!context.stdin.isTTY || !screen.isTerminal) return false;
    keyboard ??= new PromptInput(context, {
      onInterrupt: () => interrupts.handle(),
      onLine: (line) => {
        conversation.approvals.take(line.trim());
        return true;
      },
      onEnd: () => undefined,
    });
    return true;
  };
  const stopApproving = conversation.approvals.listen(canAnswer, (write) => write());
  return conversation.ask(message).finally(() => {
    stopApproving();
    stopWatching();
    interrupts.close();
    keyboard?.close();
  });
}

function readPipe(
  context: CliContext,
  client: GoClawClient,
  screen: ChatScreen,
  conversation: Conversation,
): Promise<boolean> {
  const input = new PipedInput(context);
  const interrupts = new Interrupts(conversation, () => {
    input.close();
    conversation.leave();
  });
  const stopWatching = watchConnection(client, screen, { givesUp: true });
  // The lines of a pipe are messages.
  const stopApproving = conversation.approvals.listen(
    () => false,
    (write) => write(),
  );
  return chatLoop(input, conversation, screen).finally(() => {
    stopApproving();
    stopWatching();
    interrupts.close();
    input.close();
  });
}

async function sitAtKeyboard(
  context: CliContext,
  client: GoClawClient,
  screen: ChatScreen,
  conversation: Conversation,
): Promise<void> {
  await greet(conversation, screen);
  const interrupts = new Interrupts(conversation, () => {
    input.close();
    conversation.leave();
  });
  const input = new PromptInput(context, {
    onInterrupt: () => interrupts.handle(),
    onLine: (line) => takeWhileBusy(line.trim(), conversation, screen),
    onEnd: () => screen.notice('Leaving after this answer; Ctrl-C stops it.'),
  });
  const interject = (write: () => void): void => input.interject(write);
  const stopWatching = watchConnection(client, screen, { interject, givesUp: false });
  const stopApproving = conversation.approvals.listen(() => true, interject);
  const answers = (line: string): boolean => conversation.approvals.take(line);
  await chatLoop(input, conversation, screen, answers).finally(() => {
    stopApproving();
    stopWatching();
    interrupts.close();
    input.close();
  });
}

/** `true`: nothing more is to be done with the line. */
function takeWhileBusy(line: string, conversation: Conversation, screen: ChatScreen): boolean {
  if (conversation.approvals.take(line)) return true;
  const isStop = line.toLowerCase() === '/stop';
  if (isStop) conversation.stop();
  else if (line !== '') screen.notice(`Sent after this answer: ${line}`);
  return isStop || line === '';
}

async function greet(conversation: Conversation, screen: ChatScreen): Promise<void> {
  const { id, name, provider, model } = conversation.agent;
  const count = await conversation.messageCount();
  const title = name === '' || name === id ? id : `${name} (${id})`;
  screen.notice(`${title}, ${provider}/${model}`);
  screen.notice('/help lists the commands, Ctrl-C stops an answer, Ctrl-D leaves.');
  if (count > 0) screen.notice(`You go on where you left, after ${count} messages. /new begins anew.`);
}

function exitCode(isAnswered: boolean): number {
  return isAnswered ? ExitCode.OK : ExitCode.FAILED;
}
