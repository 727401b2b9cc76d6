import type Anthropic from '@anthropic-ai/sdk';
import type { Tool } from '@anthropic-ai/sdk/resources/messages';
import type { LlmProvider, LlmRequest, LlmStreamPart } from '#contracts';
import { type AdapterDependencies, listModels, SDK_TIMEOUT_MS } from '../adapter.js';
import { streamCall } from '../http/stream-call.js';
import type { ProviderSettings } from '../provider-settings.js';
import { ToolDefinitions } from '../schema/tool-definitions.js';
import { AnthropicDecoder } from './anthropic-decoder.js';
import { anthropicRequest, anthropicTool } from './anthropic-request.js';

/** What the SDK sends to endpoints that take requests without a key. */
const NO_KEY = 'none';

/** Anthropic's messages, through `@anthropic-ai/sdk`. */
export class AnthropicProvider implements LlmProvider {
  readonly name: string;
  private readonly tools = new ToolDefinitions<Tool>(anthropicTool);
  private client: Promise<Anthropic> | undefined;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly dependencies: AdapterDependencies,
  ) {
    this.name = settings.name;
  }

  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmStreamPart> {
    const { settings } = this;
    return streamCall({
      settings,
      ...this.dependencies,
      signal,
      decoder: new AnthropicDecoder(settings),
      open: async (callSignal) => {
        const client = await (this.client ??= this.connect());
        const body = anthropicRequest(request, this.tools);
        return client.messages.create(body, { signal: callSignal }).asResponse();
      },
    });
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    const client = await (this.client ??= this.connect());
    return listModels(this.settings, this.dependencies, signal, (callSignal) =>
      client.models.list({ limit: MODEL_PAGE }, { signal: callSignal }).asResponse(),
    );
  }

  /** The package is loaded with the first call: it costs 0.17 s and 26 MB. */
  private async connect(): Promise<Anthropic> {
    const { default: Client } = await import('@anthropic-ai/sdk');
    return new Client({
      // The package adds `/v1` itself; configurations have it in the base URL or not.
      baseURL: this.settings.apiBase.replace(/\/v1$/, ''),
      apiKey: this.settings.apiKey ?? NO_KEY,
      // Explicit, or the package would read it from the environment.
      authToken: null,
      maxRetries: 0,
      timeout: SDK_TIMEOUT_MS,
      logLevel: 'off',
      fetch: this.dependencies.transport.fetch,
    });
  }
}

/** The largest page that Anthropic gives. */
const MODEL_PAGE = 1_000;
