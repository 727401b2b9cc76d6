/** What one page may tell in a window: an honest one stays far below. */
export const EVENTS_MAX_PER_WINDOW = 5_000;
export const CONSOLE_EVENTS_MAX_PER_WINDOW = 200;
export const EVENT_BYTES_MAX_PER_WINDOW = 32 * 1024 * 1024;
const WINDOW_MS = 1_000;
/** Pages, frames and workers that are counted; more of them share what is left. */
const SOURCES_MAX = 2_000;

export type EventVerdict = 'pass' | 'drop' | 'flood';

interface Spent {
  events: number;
  console: number;
  bytes: number;
}

/** Counts what each page tells, so that none of them can keep the gateway busy by talking. */
export class EventBudget {
  private windowEnds = 0;
  private readonly spent = new Map<string, Spent>();

  constructor(private readonly now: () => number) {}

  /** `flood`: said once, when a source goes over its budget; what it says after that in the window is dropped. */
  judge(source: string, isConsole: boolean, bytes: number): EventVerdict {
    const spent = this.of(source);
    const wasOver = isOver(spent);
    spent.events++;
    spent.bytes += bytes;
    if (isConsole) spent.console++;
    if (isOver(spent)) return wasOver ? 'drop' : 'flood';
    return isConsole && spent.console > CONSOLE_EVENTS_MAX_PER_WINDOW ? 'drop' : 'pass';
  }

  private of(source: string): Spent {
    const now = this.now();
    if (now >= this.windowEnds || this.spent.size >= SOURCES_MAX) {
      this.windowEnds = now + WINDOW_MS;
      this.spent.clear();
    }
    const known = this.spent.get(source) ?? { events: 0, console: 0, bytes: 0 };
    this.spent.set(source, known);
    return known;
  }
}

function isOver({ events, bytes }: Spent): boolean {
  return events > EVENTS_MAX_PER_WINDOW || bytes > EVENT_BYTES_MAX_PER_WINDOW;
}
