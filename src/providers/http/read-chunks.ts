import type { IncomingMessage } from 'node:http';

/** Chunks that wait for the reader before the socket is paused. */
const MAX_WAITING_CHUNKS = 64;

/**
 * The text of a body, as it comes, all that waits at once. Reads events instead of iterating the stream: that
 * is the hot path of streaming. A body that ends before it is complete throws.
 */
export async function* readChunks(incoming: IncomingMessage, signal: AbortSignal): AsyncGenerator<string> {
  let waiting: string[] = [];
  const state: { outcome?: 'ended' | Error } = {};
  let wake: (() => void) | undefined;
  const settle = (next: 'ended' | Error): void => {
    state.outcome ??= next;
    wake?.();
  };
  const onAbort = (): void => settle(new Error('The call was aborted.'));
  incoming.setEncoding('utf8');
  incoming
    .on('data', (chunk: string) => {
      waiting.push(chunk);
      if (waiting.length >= MAX_WAITING_CHUNKS) incoming.pause();
      wake?.();
    })
    .on('end', () => settle('ended'))
    .on('error', settle)
    .on('close', () => settle(new Error('The connection was closed in mid-stream.')));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      if (waiting.length > 0 && !signal.aborted) {
        const text = waiting.length === 1 ? (waiting[0] ?? '') : waiting.join('');
        waiting = [];
        if (incoming.isPaused()) incoming.resume();
        yield text;
        continue;
      }
      if (state.outcome === 'ended') return;
      if (state.outcome) throw state.outcome;
      await new Promise<void>((resolve) => (wake = resolve));
      wake = undefined;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
