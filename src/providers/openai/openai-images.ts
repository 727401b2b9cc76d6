import type OpenAI from 'openai';
import type { AdapterDependencies } from '../adapter.js';
import { CallGuard } from '../http/call-guard.js';
import { objectOf, parseJson, textOf } from '../http/json.js';
import { malformed, toLlmError } from '../http/to-llm-error.js';
import type { GeneratedImage, ImageRequest } from '../images/image-generator.js';
import type { ProviderSettings } from '../provider-settings.js';

/** A large picture of high quality takes two minutes. */
const LIMITS = { firstByteMs: 170_000, idleMs: 30_000 };
/** The only ones that answer with an address unless they are told not to; newer ones refuse to be told. */
const TELLS_ADDRESSES = /^dall-e/;

/** One picture of the images endpoint. @throws LlmError */
export async function openAiImage(
  settings: ProviderSettings,
  { clock }: AdapterDependencies,
  connect: () => Promise<OpenAI>,
  { model, prompt, size }: ImageRequest,
  signal: AbortSignal,
): Promise<GeneratedImage> {
  const guard = new CallGuard(clock, LIMITS, signal);
  try {
    const client = await connect();
    const format = TELLS_ADDRESSES.test(model) ? { response_format: 'b64_json' } : {};
    const body = { model, prompt, n: 1, ...(size !== undefined && { size }), ...format };
    const response: Response = await client
      .post('/images/generations', { body, signal: guard.signal })
      .asResponse();
    const { data } = objectOf(parseJson(await response.text()));
    const image = objectOf(Array.isArray(data) ? data[0] : undefined);
    const [base64, url] = [textOf(image['b64_json']), textOf(image['url'])];
    if (base64 !== '') return { base64 };
    if (url !== '') return { url };
    throw malformed(settings, 'sent no image.');
  } catch (error) {
    throw toLlmError(error, settings, guard, clock.now());
  } finally {
    guard.close({ abort: false });
  }
}
