/** One event that grows beyond this is no answer of a model. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024;

const CARRIAGE_RETURN = 13;
const SPACE = 32;

/**
 * Splits a `text/event-stream`, in whatever pieces it comes, into the data of its events. Event names are
 * skipped (both vendors repeat them in the data), as are comments, ids and retry hints.
 */
export class SseParser {
  private rest = '';
  private data: string | undefined;

  /** @throws RangeError when one event is larger than any model's answer. */
  push(chunk: string): string[] {
    const text = this.rest === '' ? chunk : this.rest + chunk;
    const events: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.line(text.slice(start, text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end), events);
      start = end + 1;
    }
    this.rest = text.slice(start);
    if (this.rest.length + (this.data?.length ?? 0) > MAX_EVENT_CHARS)
      throw new RangeError(`one event is larger than ${MAX_EVENT_CHARS} characters`);
    return events;
  }

  /** What an ended stream leaves: its last event may lack the empty line. */
  end(): string[] {
    const events: string[] = [];
    if (this.rest !== '') this.line(this.rest, events);
    this.rest = '';
    this.line('', events);
    return events;
  }

  private line(line: string, events: string[]): void {
    if (line === '') {
      if (this.data !== undefined) events.push(this.data);
      this.data = undefined;
    } else if (line.startsWith('data:')) {
      const value = line.slice(line.charCodeAt(5) === SPACE ? 6 : 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    }
  }
}
