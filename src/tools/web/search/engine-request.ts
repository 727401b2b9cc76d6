import { ToolsError } from '../../tools.errors.js';
import { readBody } from '../read-body.js';
import { failedRequest, webError } from '../web.errors.js';
import { SEARCH_BODY_MAX_BYTES } from '../web.limits.js';

const BODY_SHOWN_MAX_CHARS = 200;

/**
 * Asks a search engine. Its address comes from the configuration, so it may be a private one; where it redirects to is
 * not followed, for that is nobody's choice here. @throws ToolsError
 */
export async function askEngine(
  name: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { fetch } = await import('undici');
    const response = await fetch(url, { headers, signal, redirect: 'manual' });
    const { bytes, truncated } = await readBody(response, SEARCH_BODY_MAX_BYTES);
    const text = bytes.toString('utf8');
    if (response.status !== 200) throw webError(refusal(name, response.status, text));
    if (truncated) throw webError(`${name} sent more than ${SEARCH_BODY_MAX_BYTES} bytes.`);
    return text;
  } catch (error) {
    if (error instanceof ToolsError) throw error;
    throw webError(`${name}: ${failedRequest(error).message}`, error);
  }
}

function refusal(name: string, status: number, text: string): string {
  if (status >= 300 && status < 400)
    return `${name} redirects; an admin must set its base_url to where it is.`;
  if (status === 401 || status === 403)
    return `${name} refused the request (${status}); an admin must check its key and settings.`;
  if (status === 429) return `${name} answers no more requests for now (429).`;
  return `${name} answered ${status}: ${text.slice(0, BODY_SHOWN_MAX_CHARS).replaceAll(/\s+/g, ' ')}`;
}
