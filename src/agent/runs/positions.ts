import type { LogPosition } from '#protocol';

/** Negative when `a` comes before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return a.attempt - b.attempt || a.seq - b.seq;
}
