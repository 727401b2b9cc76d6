import { fileError } from './file-error.js';
import { looksBinary } from './file-text.js';
import { READ_MAX_BYTES, SCAN_MAX_BYTES } from './fs.limits.js';

/** Both ends belong to it; the first line is 1. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

const NEWLINE = 10;

/** The bytes of a range of lines, collected from chunks. */
class LineCollector {
  readonly kept: Buffer[] = [];
  bytes = 0;
  /** The line that the next byte belongs to. */
  line = 1;
  full = false;
  private endsOpen = false;

  constructor(private readonly range: LineRange) {}

  get done(): boolean {
    return this.full || this.line > this.range.end;
  }

  /** Number of the last line seen. */
  get lastLine(): number {
    return this.endsOpen ? this.line : this.line - 1;
  }

  add(chunk: Buffer): void {
    this.endsOpen = chunk.at(-1) !== NEWLINE;
    let rest = chunk;
    while (rest.length > 0 && !this.done) {
      const newline = rest.indexOf(NEWLINE);
      const piece = newline < 0 ? rest : rest.subarray(0, newline + 1);
      if (this.line >= this.range.start && !this.keep(piece)) return;
      if (newline >= 0) this.line += 1;
      rest = rest.subarray(piece.length);
    }
  }

  /** Keeps whole lines while they fit; of a single line that is too long, its beginning. */
  private keep(piece: Buffer): boolean {
    const room = READ_MAX_BYTES - this.bytes;
    if (piece.length > room) this.full = true;
    const part = this.full ? piece.subarray(0, room) : piece;
    this.kept.push(Buffer.from(part));
    this.bytes += part.length;
    return !this.full;
  }
}

/**
 * Reads a range of lines of a file, which comes in chunks, as text, with a note behind it when something is missing
 * or was replaced.
 * @throws ToolsError for binary files and ranges beyond the end.
 */
export async function readLines(
  chunks: AsyncIterable<Buffer>,
  path: string,
  size: number,
  range: LineRange,
): Promise<string> {
  const collector = new LineCollector(range);
  let scanned = 0;
  for await (const chunk of chunks) {
    if (scanned === 0 && looksBinary(chunk)) {
      throw fileError(`"${path}" is a binary file (${size} bytes), not text; it cannot be shown.`);
    }
    scanned += chunk.length;
    collector.add(chunk);
    if (collector.done) break;
    if (collector.bytes === 0 && scanned >= SCAN_MAX_BYTES) throw tooFar(path, range.start);
  }
  if (collector.bytes === 0) return emptyRange(path, range, collector.lastLine, scanned);
  return textOf(collector, path, range, size);
}

function textOf(collector: LineCollector, path: string, range: LineRange, size: number): string {
  const bytes = Buffer.concat(collector.kept);
  const { kept, next } = collector.full ? wholeLines(bytes, range.start) : { kept: bytes, next: undefined };
  const text = new TextDecoder('utf-8').decode(kept);
  const notes: string[] = [];
  if (next !== undefined) {
    notes.push(
      `[Lines ${range.start}-${next - 1} of "${path}" (${size} bytes). Read on with start_line ${next}.]`,
    );
  } else if (collector.full) {
    notes.push(
      `[Only the first ${kept.length} bytes of line ${range.start}, which is longer than one call returns; find parts of it with search, or read on with start_line ${range.start + 1}.]`,
    );
  } else if (collector.line > range.end && range.end !== Infinity) {
    notes.push(`[Lines ${range.start}-${range.end} of "${path}" (${size} bytes).]`);
  }
  if (!isUtf8(kept, text)) notes.push('[Not valid UTF-8: what could not be decoded shows as \uFFFD.]');
  if (notes.length === 0) return text;
  return `${text}${text.endsWith('\n') ? '' : '\n'}${notes.join('\n')}`;
}

/** Cuts off the last, incomplete line; when there is no other, it stays, without half a character at its end. */
function wholeLines(bytes: Buffer, start: number): { kept: Buffer; next: number | undefined } {
  const last = bytes.lastIndexOf(NEWLINE);
  if (last < 0) return { kept: withoutHalfCharacter(bytes), next: undefined };
  const kept = bytes.subarray(0, last + 1);
  return { kept, next: start + kept.reduce((lines, byte) => lines + (byte === NEWLINE ? 1 : 0), 0) };
}

function withoutHalfCharacter(bytes: Buffer): Buffer {
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead -= 1;
  const first = bytes[lead] ?? 0;
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return lead + wanted > bytes.length ? bytes.subarray(0, lead) : bytes;
}

function isUtf8(bytes: Buffer, text: string): boolean {
  return !text.includes('\uFFFD') || bytes.includes('\uFFFD');
}

function emptyRange(path: string, range: LineRange, lastLine: number, scanned: number): string {
  if (scanned === 0) return `[The file "${path}" is empty.]`;
  throw fileError(`"${path}" has no line ${range.start}; its last line is ${lastLine}.`);
}

function tooFar(path: string, start: number): Error {
  return fileError(
    `Line ${start} of "${path}" lies beyond the first ${SCAN_MAX_BYTES / 1024 / 1024} MiB, where reading stops; use search.`,
  );
}
