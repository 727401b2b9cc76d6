import type { GoClawClient } from '#client';
import type { ChatScreen } from './chat-screen.js';

/** A script is not kept waiting for a gateway that does not come back. */
const GIVE_UP_MS = 120_000;

/** Tells of a lost connection and of its return; the client itself resumes the answer. Returns what ends that. */
export function watchConnection(
  client: GoClawClient,
  screen: ChatScreen,
  options: { readonly interject?: (write: () => void) => void; readonly givesUp: boolean },
): () => void {
  const tell = (line: string): void => {
    const write = (): void => screen.notice(line);
    if (options.interject) options.interject(write);
    else write();
  };
  let timer: NodeJS.Timeout | undefined;
  const offs = [
    client.on('disconnected', ({ willReconnect }) => {
      if (!willReconnect) return;
      tell('connection lost, resuming …');
      if (options.givesUp) timer ??= setTimeout(() => client.close(), GIVE_UP_MS);
    }),
    client.on('connected', () => {
      tell('connected again');
      clearTimeout(timer);
      timer = undefined;
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const off of offs) off();
  };
}
