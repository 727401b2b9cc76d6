import type { ContentPart } from '#contracts';
import type { FetchedPage } from './page-fetcher.js';
import { webError } from './web.errors.js';

/** What every model that sees takes. */
const PICTURE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A page that is a picture, for a model that sees. `undefined` when it is none. @throws ToolsError when it is too large */
export function picturePart({ mediaType, bytes, truncated, status }: FetchedPage): ContentPart | undefined {
  if (!PICTURE_TYPES.has(mediaType) || status !== 200) return undefined;
  if (truncated)
    throw webError(`fetch failed: the picture is larger than ${bytes.length} bytes; look for a smaller one.`);
  return { type: 'image', url: `data:${mediaType};base64,${bytes.toString('base64')}` };
}
