import { BrowserError } from '../browser.errors.js';

/** Calls of one conversation that wait for each other. */
export const WAITING_CALLS_MAX = 16;

interface Line {
  last: Promise<unknown>;
  waiting: number;
}

/**
 * The calls of one conversation one after the other, in the order of their asking: what a model asks for at once is
 * meant in this order.
 */
export class Turns {
  private readonly lines = new Map<string, Line>();

  /** @throws BrowserError `busy` */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= WAITING_CALLS_MAX) throw tooMany();
    this.lines.set(key, line);
    line.waiting++;
    const turn = line.last.then(work);
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.waiting--;
      if (line.waiting === 0) this.lines.delete(key);
    }
  }
}

function tooMany(): BrowserError {
  return new BrowserError(
    'busy',
    `${WAITING_CALLS_MAX} calls wait for this browser already; ask for less at once.`,
  );
}
