import { badField } from '#permissions';

const NAME_MAX_CHARS = 255;
const DESCRIPTION_MAX_CHARS = 4_000;
const SLUG_MAX_CHARS = 100;
const SLUG = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/;
const FALLBACK_SLUG = 'skill';
/** Of all fields, as text. */
const FRONTMATTER_MAX_CHARS = 20_000;

/** A SKILL.md, taken apart. */
export interface SkillMarkdown {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  /** Every field of the frontmatter. */
  readonly frontmatter: Readonly<Record<string, string>>;
  /** What comes after it. */
  readonly body: string;
}

/** @throws RecordError when it has no name, or a field does not fit */
export function readSkillMarkdown(text: string): SkillMarkdown {
  const { frontmatter, body } = splitFrontmatter(text);
  const name = frontmatter['name'] ?? '';
  const description = frontmatter['description'] ?? '';
  if (name === '')
    throw badField('file', 'has a SKILL.md without a name: begin it with "---", "name: …", "---"');
  if (name.length > NAME_MAX_CHARS)
    throw badField('file', `has a name of more than ${NAME_MAX_CHARS} characters`);
  if (description.length > DESCRIPTION_MAX_CHARS)
    throw badField('file', `has a description of more than ${DESCRIPTION_MAX_CHARS} characters`);
  const slug = frontmatter['slug'] ?? slugOf(name);
  if (!SLUG.test(slug) || slug.length > SLUG_MAX_CHARS)
    throw badField(
      'file',
      `has the slug "${slug.slice(0, SLUG_MAX_CHARS)}": use 2 to ${SLUG_MAX_CHARS} lower-case letters, digits and hyphens`,
    );
  return { name, slug, description, frontmatter, body };
}

/** The text without its frontmatter. */
export function bodyOf(text: string): string {
  return splitFrontmatter(text).body;
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX_CHARS)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? FALLBACK_SLUG : slug;
}

function splitFrontmatter(raw: string): { frontmatter: Record<string, string>; body: string } {
  const text = raw.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (!text.startsWith('---\n')) return { frontmatter: {}, body: text };
  const end = text.indexOf('\n---', 3);
  if (end === -1 || end > FRONTMATTER_MAX_CHARS) return { frontmatter: {}, body: text };
  const rest = text.slice(end + '\n---'.length);
  const newline = rest.indexOf('\n');
  const body = newline === -1 ? '' : rest.slice(newline + 1);
  return { frontmatter: fieldsOf(text.slice('---\n'.length, end)), body: body.replace(/^\n+/, '') };
}

/** `key: value` lines; a value of `>` or `|` is the indented lines below it. */
function fieldsOf(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, key, value = ''] = /^([A-Za-z_][\w-]{0,99}):[ \t]*(.*)$/.exec(lines[at] ?? '') ?? [];
    if (key === undefined) continue;
    const style = /^([>|])[-+]?\s*$/.exec(value)?.[1];
    if (style === undefined) {
      fields.set(key, unquoted(value.trim()));
      continue;
    }
    const block: string[] = [];
    while (/^[ \t]+\S|^\s*$/.test(lines[at + 1] ?? 'end')) block.push((lines[++at] ?? '').trim());
    fields.set(key, block.join(style === '>' ? ' ' : '\n').trim());
  }
  return Object.fromEntries(fields);
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted?.[2] ?? value;
}
