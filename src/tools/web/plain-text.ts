const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  euro: '€',
};
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi;

/** Elements whose content nobody reads. */
const UNREAD: ReadonlySet<string> = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'iframe',
  'head',
]);
/** Elements that go on in the line. */
const INLINE: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i img input ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
const CELL: ReadonlySet<string> = new Set(['td', 'th']);
const TAG_NAME = /([a-z][a-z0-9-]{0,30})/iy;

/**
 * The text of HTML without a parser, in time that grows with its length, whatever is in it: what is left when a page is
 * too large or too deep to be understood.
 */
export function plainText(html: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      pieces.push(html.slice(at));
      break;
    }
    if (open > at) pieces.push(html.slice(at, open));
    const tag = tagAt(html, open);
    pieces.push(tag.shown);
    at = tag.end;
  }
  return tidy(decodeEntities(pieces.join('')));
}

interface Tag {
  /** What stands for it in the text. */
  readonly shown: string;
  readonly end: number;
}

function tagAt(html: string, open: number): Tag {
  if (html.startsWith('<!--', open)) return { shown: '', end: after(html, '-->', open + 4) };
  const closes = html[open + 1] === '/';
  TAG_NAME.lastIndex = open + (closes ? 2 : 1);
  const name = TAG_NAME.exec(html)?.[1]?.toLowerCase();
  if (name === undefined) {
    const isMarkup = html[open + 1] === '!' || html[open + 1] === '?';
    return isMarkup ? { shown: '', end: after(html, '>', open) } : { shown: '<', end: open + 1 };
  }
  const end = after(html, '>', open);
  if (!closes && UNREAD.has(name)) return { shown: '', end: afterElement(html, name, end) };
  return { shown: shownAs(name, closes), end };
}

function shownAs(name: string, closes: boolean): string {
  if (INLINE.has(name)) return '';
  if (CELL.has(name)) return closes ? '\t' : '';
  return name === 'li' && !closes ? '\n- ' : '\n';
}

function after(html: string, text: string, from: number): number {
  const at = html.indexOf(text, from);
  return at < 0 ? html.length : at + text.length;
}

function afterElement(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}`, 'gi');
  end.lastIndex = from;
  const found = end.exec(html);
  return found ? after(html, '>', found.index) : html.length;
}

function decodeEntities(text: string): string {
  return text.replaceAll(ENTITY, (all, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
  });
}

/** One space between words, one empty line between blocks. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[^\S\t]+/g, ' ').trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
