import type { ContentPart } from '#contracts';
import { arrayOf, BodyReader, invalid, unsupported } from './body-reader.js';

const IMAGE_DATA_URL = /^data:image\/(png|jpe?g|gif|webp);base64,/i;
const HTTPS_URL = /^https:\/\/[^\s/]/i;

/** Names of the parts in chat completions and in responses, which differ. */
const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);
const IMAGE_PARTS: ReadonlySet<string> = new Set(['image_url', 'input_image']);

/** The content of a message: a text, or a list of parts. @throws HttpError */
export function readContent(value: unknown, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw invalid(path, 'must be a string or an array of content parts');
  return arrayOf(value, path).map((part, index) => readPart(BodyReader.of(part, `${path}[${index}]`)));
}

/** The content of a message that can only hold text. @throws HttpError */
export function readText(value: unknown, path: string): string {
  const parts = readContent(value, path);
  const texts = parts.map((part, index) => {
    if (part.type === 'text') return part.text;
    throw unsupported(`${path}[${index}]`, 'only the user can send images.');
  });
  return texts.join('\n');
}

function readPart(part: BodyReader): ContentPart {
  const type = part.raw('type');
  if (typeof type === 'string' && TEXT_PARTS.has(type)) {
    const key = type === 'refusal' ? 'refusal' : 'text';
    return { type: 'text', text: requireString(part, key) };
  }
  if (typeof type === 'string' && IMAGE_PARTS.has(type)) return { type: 'image', url: imageUrl(part) };
  throw typeof type === 'string'
    ? unsupported(part.at('type'), `agents take text and images, not ${type}.`)
    : invalid(part.at('type'), 'must be a string');
}

/** Chat completions nest the address, responses do not. */
function imageUrl(part: BodyReader): string {
  const isNested = typeof part.raw('image_url') === 'object';
  const holder = isNested ? part.object('image_url') : part;
  const key = isNested ? 'url' : 'image_url';
  if (!holder) throw invalid(part.at('image_url'), 'must be given');
  const url = requireString(holder, key);
  if (IMAGE_DATA_URL.test(url) || HTTPS_URL.test(url)) return url;
  throw invalid(holder.at(key), 'must be an https URL, or a data URL of a PNG, JPEG, GIF or WebP image');
}

function requireString(part: BodyReader, key: string): string {
  const value = part.raw(key);
  if (typeof value === 'string') return value;
  throw invalid(part.at(key), 'must be a string');
}
