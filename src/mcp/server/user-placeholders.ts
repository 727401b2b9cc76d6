import type { Caller } from '#contracts';

const PLACEHOLDER = /\{\{\s*\.?(user_id|tenant)\s*\}\}/g;

type Texts = Readonly<Record<string, string>>;

/** Whether a header or variable says who the user is: `{{user_id}}`, `{{tenant}}`. */
export function namesUser(texts: Texts): boolean {
  return Object.values(texts).some((text) => text.search(PLACEHOLDER) >= 0);
}

/** With the user's own values put in, in a form that no header or variable can break out of. */
export function forUser(texts: Texts, caller: Pick<Caller, 'userId' | 'tenant'>): Texts {
  const values: Record<string, string> = { user_id: caller.userId, tenant: caller.tenant ?? '' };
  const put = (text: string): string =>
    text.replaceAll(PLACEHOLDER, (_, name: string) => escaped(values[name] ?? ''));
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, put(text)]));
}

/** Percent-encodes what is no visible ASCII, and the percent sign: different users stay different. */
function escaped(value: string): string {
  const bytes = [...Buffer.from(value, 'utf8')];
  return bytes.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : hex(byte))).join('');
}

function isPlain(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && byte !== 0x25;
}

function hex(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
