import type { RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import { comparePositions } from './positions.js';

/** Before every event of a log. */
export const LOG_START: LogPosition = { attempt: 0, seq: 0 };

/** The events of a log, in order, without those that a later `run.resumed` declares void. */
export function standing(events: readonly RunEvent[]): RunEvent[] {
  const kept: RunEvent[] = [];
  let limit: LogPosition | undefined;
  for (const event of events.toReversed()) {
    if (!limit || comparePositions(event, limit) <= 0) kept.push(event);
    if (event.type !== 'run.resumed') continue;
    const { discardAfter } = event.payload;
    if (!limit || comparePositions(discardAfter, limit) < 0) limit = discardAfter;
  }
  return kept.toReversed();
}

/** Whether these events of a log, which stand, go from its beginning to `position` without a gap. */
export function reaches(events: readonly RunEvent[], position: LogPosition): boolean {
  let last = LOG_START;
  for (const event of events) {
    if (comparePositions(event, position) > 0) break;
    if (event.seq !== (event.attempt === last.attempt ? last.seq + 1 : 1)) return false;
    last = event;
  }
  return comparePositions(last, position) === 0;
}
