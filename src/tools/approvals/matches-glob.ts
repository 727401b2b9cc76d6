/**
 * Whether a text fits a pattern: `*` (any text), `?` (one character) and `[a-z]`, `[!a]` do not cross a `/`; `\` takes
 * the next character as it is. Takes time in proportion to pattern × text.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const patterns = splitPattern(pattern);
  const parts = text.split('/');
  return patterns.length === parts.length && patterns.every((one, at) => matchesPart(one, parts[at] ?? ''));
}

/** Whether a pattern fits one text alone. */
export function isLiteral(pattern: string): boolean {
  return !/[*?[\\]/.test(pattern);
}

type Token = '*' | ((char: string) => boolean);

function splitPattern(pattern: string): Token[][] {
  const parts: Token[][] = [[]];
  for (let at = 0; at < pattern.length;) {
    const { token, length } = tokenAt(pattern, at);
    if (token === '/') parts.push([]);
    else parts.at(-1)?.push(token);
    at += length;
  }
  return parts;
}

function tokenAt(pattern: string, at: number): { token: Token | '/'; length: number } {
  const char = pattern[at] ?? '';
  if (char === '*' || char === '/') return { token: char, length: 1 };
  if (char === '?') return { token: () => true, length: 1 };
  if (char === '\\' && at + 1 < pattern.length) return { token: is(pattern[at + 1] ?? ''), length: 2 };
  if (char === '[') return characterClass(pattern, at);
  return { token: is(char), length: 1 };
}

function characterClass(pattern: string, at: number): { token: Token; length: number } {
  const isNegated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const start = at + (isNegated ? 2 : 1);
  // A `]` right at the start belongs to the class.
  const end = pattern.indexOf(']', start + 1);
  if (end < 0) return { token: is('['), length: 1 };
  const inner = pattern.slice(start, end);
  return { token: (char) => isInClass(inner, char) !== isNegated, length: end + 1 - at };
}

function isInClass(inner: string, char: string): boolean {
  for (let at = 0; at < inner.length; at++) {
    const from = inner[at] ?? '';
    const to = inner[at + 1] === '-' ? inner[at + 2] : undefined;
    if (to === undefined) {
      if (char === from) return true;
    } else {
      if (char >= from && char <= to) return true;
      at += 2;
    }
  }
  return false;
}

function is(wanted: string): (char: string) => boolean {
  return (char) => char === wanted;
}

/** Goes back to the last `*` alone: whatever an earlier one could take, the last one can. */
function matchesPart(tokens: readonly Token[], text: string): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const one = tokens[token];
    if (one === '*') {
      star = token++;
      starAt = at;
    } else if (one?.(text[at] ?? '')) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}
