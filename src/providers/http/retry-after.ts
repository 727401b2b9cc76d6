/**
 * Milliseconds that a vendor asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
 * `now` is the wall clock, in milliseconds.
 */
export function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
