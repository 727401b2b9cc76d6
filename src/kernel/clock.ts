/**
 * Time, as a dependency. Implementations: the system's, and one for tests that moves when told to.
 * `wait` resolves after `ms` or rejects with the signal's reason.
 */
export abstract class Clock {
  /** Wall-clock milliseconds since the epoch. */
  abstract now(): number;
  /** Milliseconds that only ever grow: for durations and deadlines. */
  abstract monotonic(): number;
  /** Calls back once after `ms`; the returned function cancels. Does not keep the process alive. */
  abstract after(ms: number, callback: () => void): () => void;

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
