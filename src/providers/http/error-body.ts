import { isJsonObject, parseJson } from './json.js';

const MAX_TEXT_CHARS = 2_000;

/**
 * A vendor's error body with an `error` object in it, which is where both SDKs look. Others send an array
 * (Gemini), `detail` (vLLM), `message` (Mistral, Cohere), `error` as text (Ollama), or HTML (proxies).
 */
export function withErrorObject(text: string): string {
  const parsed = parseJson(text);
  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isJsonObject(body)) return JSON.stringify({ error: { message: plainText(text) } });
  if (isJsonObject(body['error'])) return JSON.stringify(body);
  const { error, message, detail } = body;
  const said = [error, message, detail].find((value) => typeof value === 'string') ?? text;
  return JSON.stringify({
    ...body,
    error: { message: plainText(said), type: body['type'], code: body['code'] },
  });
}

function plainText(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_TEXT_CHARS);
}
