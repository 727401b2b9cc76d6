import type OpenAI from 'openai';
import type { ChatCompletionFunctionTool } from 'openai/resources/chat/completions';
import type { LlmProvider, LlmRequest, LlmStreamPart } from '#contracts';
import type { AdapterDependencies } from '../adapter.js';
import { listModels, SDK_TIMEOUT_MS } from '../adapter.js';
import type { GeneratedImage, ImageGenerator, ImageRequest } from '../images/image-generator.js';
import { streamCall } from '../http/stream-call.js';
import type { ProviderSettings } from '../provider-settings.js';
import { ToolDefinitions } from '../schema/tool-definitions.js';
import { OpenAiDecoder } from './openai-decoder.js';
import { dialectOf, type OpenAiDialect } from './openai-dialect.js';
import { openAiImage } from './openai-images.js';
import { openAiRequest, openAiTool } from './openai-request.js';

/** What the SDK sends to endpoints that take requests without a key. */
const NO_KEY = 'none';

/** Chat completions of OpenAI and of everything that speaks like it, through the `openai` package. */
export class OpenAiProvider implements LlmProvider, ImageGenerator {
  readonly name: string;
  private readonly dialect: OpenAiDialect;
  private readonly tools: ToolDefinitions<ChatCompletionFunctionTool>;
  private client: Promise<OpenAI> | undefined;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly dependencies: AdapterDependencies,
  ) {
    this.name = settings.name;
    const dialect = dialectOf(settings);
    this.dialect = dialect;
    this.tools = new ToolDefinitions((tool) => openAiTool(tool, dialect));
  }

  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmStreamPart> {
    const { settings } = this;
    return streamCall({
      settings,
      ...this.dependencies,
      signal,
      decoder: new OpenAiDecoder(settings),
      open: async (callSignal) => {
        const client = await (this.client ??= this.connect());
        const body = openAiRequest(request, this.dialect, this.tools);
        return client.chat.completions.create(body, { signal: callSignal }).asResponse();
      },
    });
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    const client = await (this.client ??= this.connect());
    return listModels(this.settings, this.dependencies, signal, (callSignal) =>
      client.models.list({ signal: callSignal }).asResponse(),
    );
  }

  generateImage(request: ImageRequest, signal: AbortSignal): Promise<GeneratedImage> {
    const connect = async (): Promise<OpenAI> => (this.client ??= this.connect());
    return openAiImage(this.settings, this.dependencies, connect, request, signal);
  }

  /** The package is loaded with the first call: it costs 0.16 s and 34 MB. */
  private async connect(): Promise<OpenAI> {
    const { default: Client } = await import('openai');
    return new Client({
      baseURL: this.settings.apiBase,
      apiKey: this.settings.apiKey ?? NO_KEY,
      // Explicit, or the package would read them from the environment.
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: SDK_TIMEOUT_MS,
      logLevel: 'off',
      fetch: this.dependencies.transport.fetch,
    });
  }
}
