/** Number of Unicode code points: what limits and token estimates count, not UTF-16 units. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let at = 1; at < text.length; at += 1) {
    const low = text.charCodeAt(at);
    if (low >= 0xdc00 && low <= 0xdfff && unitsAt(text, at - 1) === 2) length -= 1;
  }
  return length;
}

/** The first `count` code points. Never ends in the middle of a character. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text;
  let at = 0;
  for (let seen = 0; seen < count && at < text.length; seen += 1) at += unitsAt(text, at);
  return text.slice(0, at);
}

/** The last `count` code points. Never begins in the middle of a character. */
export function lastCodePoints(text: string, count: number): string {
  let at = text.length;
  for (let seen = 0; seen < count && at > 0; seen += 1) {
    at -= at >= 2 && unitsAt(text, at - 2) === 2 ? 2 : 1;
  }
  return text.slice(at);
}

/** UTF-16 units of the code point at an index: 1 or 2. */
function unitsAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
