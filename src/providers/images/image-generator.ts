import type { LlmProvider } from '#contracts';

/** A picture to be made. */
export interface ImageRequest {
  readonly model: string;
  readonly prompt: string;
  /** As the endpoint names it: `1024x1024`, `auto`. Absent: the endpoint's default. */
  readonly size?: string;
}

/** What an endpoint sent: the picture, or where it can be loaded for a while. */
export type GeneratedImage = { readonly base64: string } | { readonly url: string };

/** An endpoint that makes pictures. One HTTP request a call, without retries: each costs. */
export interface ImageGenerator {
  /** @throws LlmError */
  generateImage(request: ImageRequest, signal: AbortSignal): Promise<GeneratedImage>;
}

export function isImageGenerator(adapter: LlmProvider): adapter is LlmProvider & ImageGenerator {
  return 'generateImage' in adapter;
}
