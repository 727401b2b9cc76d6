import { SanitisingStream } from './sanitising-stream.js';

/** The whole of an answer or summary, sanitised as {@link SanitisingStream} does. */
export function sanitise(text: string): string {
  const stream = new SanitisingStream();
  return stream.push(text) + stream.end();
}

/** The text is a silent reply: sanitised it is `NO_REPLY`, or begins with it. */
export function isSilent(text: string): boolean {
  const stream = new SanitisingStream();
  stream.push(text);
  stream.end();
  return stream.silent;
}
