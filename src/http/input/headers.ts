import type { FastifyRequest } from 'fastify';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * A header's value; `undefined` when it is absent or empty. Node reads headers as Latin-1, clients send UTF-8: a
 * name must be the same as in a JSON body.
 */
export function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || text === '') return undefined;
  if (!BEYOND_ASCII.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
