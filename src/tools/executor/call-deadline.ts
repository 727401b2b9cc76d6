import type { Clock } from '#kernel';

/** How long a tool may take to come to its own end, once told to stop. */
export const STOP_GRACE_MS = 500;

export type Ended<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'timeout' };

/**
 * Runs `work` under its own signal, which aborts with `outer` and after `limitMs`. Work that ignores the signal is
 * left behind after a grace period: what it does later has no reader.
 */
export async function withinLimit<T>(
  clock: Clock,
  outer: AbortSignal,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Ended<T>> {
  if (outer.aborted) return { kind: 'aborted' };
  const inner = new AbortController();
  const stopped = Promise.withResolvers<Ended<T>>();
  const cancels: (() => void)[] = [];
  const stop = (kind: 'aborted' | 'timeout', reason: unknown): void => {
    if (inner.signal.aborted) return;
    cancels.push(clock.after(STOP_GRACE_MS, () => stopped.resolve({ kind })));
    inner.abort(reason);
  };
  const onAbort = (): void => stop('aborted', outer.reason);
  outer.addEventListener('abort', onAbort, { once: true });
  cancels.push(
    clock.after(limitMs, () => stop('timeout', new DOMException('The tool call timed out.', 'TimeoutError'))),
  );
  try {
    const ended = await Promise.race([settle(work, inner.signal), stopped.promise]);
    if (ended.kind !== 'failed' || !inner.signal.aborted) return ended;
    return { kind: outer.aborted ? 'aborted' : 'timeout' };
  } finally {
    outer.removeEventListener('abort', onAbort);
    for (const cancel of cancels) cancel();
  }
}

/** Never rejects, so that work left behind cannot become an unhandled rejection. */
async function settle<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Ended<T>> {
  try {
    return { kind: 'done', value: await work(signal) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
