import type { RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import type { RunEventRow } from '#store';
import { comparePositions } from './positions.js';

/** Longest text of one entry, and of a row. */
const ENTRY_MAX_CHARS = 4_096;
const ROW_MAX_ENTRIES = 100;

/** Type of a row that holds several entries. */
const BUNDLE = 'events';

/**
 * One event, or adjacent text of one kind: then `payload.content` is the text of several events, `seq` is the last
 * one's, and `payload.cuts` holds where each of them ends.
 */
interface Entry {
  seq: number;
  readonly type: string;
  readonly payload: Record<string, unknown> | null;
}

type TextEntry = Entry & { readonly payload: { content: string; readonly cuts: number[] } };

/** The rows in which events of one attempt are kept: one, if it takes no more than that. */
export function rowsOf(events: readonly RunEvent[]): RunEventRow[] {
  const [first] = events;
  if (!first) return [];
  const { runId, attempt } = first;
  const rows: RunEventRow[] = [];
  let bundle: Entry[] = [];
  let chars = 0;
  const close = (): void => {
    const [only] = bundle;
    const last = bundle.at(-1);
    if (!only || !last) return;
    rows.push(
      only === last
        ? { runId, attempt, ...only }
        : { runId, attempt, seq: last.seq, type: BUNDLE, payload: { entries: bundle } },
    );
    bundle = [];
    chars = 0;
  };
  for (const entry of entriesOf(events)) {
    const size = textOf(entry.payload).length;
    if (bundle.length === ROW_MAX_ENTRIES || (chars > 0 && chars + size > ENTRY_MAX_CHARS)) close();
    bundle.push(entry);
    chars += size;
  }
  close();
  return rows;
}

/** The events of a row, behind `after`. */
export function eventsOfRow(row: RunEventRow, after: LogPosition): RunEvent[] {
  const { runId, attempt } = row;
  const entries = row.type === BUNDLE ? (row.payload?.['entries'] as Entry[]) : [row];
  const events = entries.flatMap((entry) => eventsOfEntry({ runId, attempt }, entry));
  return events.filter((event) => comparePositions(event, after) > 0);
}

function entriesOf(events: readonly RunEvent[]): Entry[] {
  const entries: Entry[] = [];
  let text: TextEntry | undefined;
  for (const { seq, type, payload } of events) {
    if (type !== 'chunk' && type !== 'thinking') {
      text = undefined;
      entries.push({ seq, type, payload: payload === undefined ? null : { ...payload } });
    } else if (text?.type === type && text.payload.content.length < ENTRY_MAX_CHARS) {
      text.seq = seq;
      text.payload.content += payload.content;
      text.payload.cuts.push(text.payload.content.length);
    } else {
      text = { seq, type, payload: { content: payload.content, cuts: [payload.content.length] } };
      entries.push(text);
    }
  }
  return entries;
}

function eventsOfEntry(base: { runId: string; attempt: number }, { seq, type, payload }: Entry): RunEvent[] {
  const { content, cuts } = payload ?? {};
  if (typeof content !== 'string' || !Array.isArray(cuts))
    return [{ ...base, seq, type, payload: payload ?? undefined } as RunEvent];
  const ends = cuts.map(Number);
  return ends.map((end, index) => {
    const text = content.slice(ends[index - 1] ?? 0, end);
    return { ...base, seq: seq - ends.length + 1 + index, type, payload: { content: text } } as RunEvent;
  });
}

function textOf(payload: Entry['payload']): string {
  const content = payload?.['content'];
  return typeof content === 'string' ? content : '';
}
