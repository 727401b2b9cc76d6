import { Injectable } from '@nestjs/common';
import { LlmError } from '#contracts';
import { ProviderRegistry } from '../provider-registry.js';
import { type GeneratedImage, isImageGenerator, type ImageRequest } from './image-generator.js';

/** Has pictures made by the providers that are configured. */
@Injectable()
export class ImageGeneration {
  constructor(private readonly registry: ProviderRegistry) {}

  /** Why a provider cannot be asked, for people; `undefined` when it can. */
  problem(provider: string): string | undefined {
    const found = this.registry.get(provider);
    if (!found) return `no provider is called "${provider}"`;
    if (!isImageGenerator(found.adapter))
      return `the provider "${provider}" does not speak OpenAI’s API of images`;
    return found.info.usable ? undefined : `the provider "${provider}" has no key`;
  }

  /** @throws LlmError */
  async generate(provider: string, request: ImageRequest, signal: AbortSignal): Promise<GeneratedImage> {
    const adapter = this.registry.get(provider)?.adapter;
    if (!adapter || !isImageGenerator(adapter))
      throw new LlmError(
        'no-provider',
        provider,
        `Images cannot be made: ${this.problem(provider) ?? 'try again'}.`,
      );
    return adapter.generateImage(request, signal);
  }
}
