import type { FastifyReply } from 'fastify';

/** Calls back when the client closes the connection before it has the whole answer. */
export function onDisconnect({ raw }: FastifyReply, callback: () => void): void {
  raw.once('close', () => {
    if (!raw.writableFinished) callback();
  });
}

export function isDisconnected({ raw }: FastifyReply): boolean {
  return raw.destroyed || raw.closed;
}

/** Aborts when the client closes the connection before it has the whole answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (isDisconnected(reply)) gone.abort();
  else onDisconnect(reply, () => gone.abort());
  return gone.signal;
}
