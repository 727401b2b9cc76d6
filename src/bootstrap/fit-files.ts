import { type ContextLimits, FILE_MAX_CHARS, ROOM_MIN_CHARS, TOTAL_MAX_CHARS } from './context-limits.js';

const HEAD_SHARE = 0.7;
const TAIL_SHARE = 0.2;

/** A file as a prompt shows it. */
export interface ShownFile {
  readonly name: string;
  readonly content: string;
}

/** Cuts files to what a prompt takes, and leaves out those that hold nothing but comments. Order is kept; equal input gives equal output. */
export function fitFiles(files: readonly ShownFile[], limits: ContextLimits): ShownFile[] {
  const fileMax = limits.fileMaxChars || FILE_MAX_CHARS;
  let left = limits.totalMaxChars || TOTAL_MAX_CHARS;
  const shown: ShownFile[] = [];
  for (const { name, content } of files) {
    const text = content.trim();
    if (isBlank(text)) continue;
    if (left < ROOM_MIN_CHARS) break;
    const fitted = cut(name, text, Math.min(fileMax, left));
    shown.push({ name, content: fitted });
    if (text.length > left) break;
    left -= fitted.length;
  }
  return shown;
}

/** Keeps the beginning and the end: instructions stand at the top, what was added last at the bottom. */
function cut(name: string, text: string, max: number): string {
  if (text.length <= max) return text;
  const head = whole(text.slice(0, Math.floor(max * HEAD_SHARE)));
  const tail = text.slice(-Math.floor(max * TAIL_SHARE)).replace(/^[\uDC00-\uDFFF]/, '');
  const marker = `\n\n[... ${name} is shortened: ${text.length - head.length - tail.length} of ${text.length} characters are left out. Read the file for the rest ...]\n\n`;
  // Where there is hardly any room, the marker alone would fill it.
  return marker.length + head.length + tail.length <= max
    ? `${head}${marker}${tail}`
    : whole(text.slice(0, max));
}

/** Without half of a surrogate pair at its end. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

/** Whether there is nothing but HTML comments. */
function isBlank(text: string): boolean {
  let rest = text;
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->');
    if (end < 0) return false;
    rest = rest.slice(end + 3).trimStart();
  }
  return rest === '';
}
