import { Injectable } from '@nestjs/common';
import {
  CommandError,
  errorResult,
  LlmError,
  type Tool,
  type ToolContext,
  type ToolResult,
  type ToolSpec,
} from '#contracts';
import { ConfigService } from '#config';
import { newId } from '#kernel';
import { NetworkError } from '#net';
import { ImageGeneration } from '#providers';
import { optionalText, textArgument } from '../fs/arguments.js';
import { SavedFiles } from '../fs/saved-files.js';
import { ToolsError } from '../tools.errors.js';
import { PageFetcher } from '../web/page-fetcher.js';
import { webError } from '../web/web.errors.js';
import { ImageConfig, SIZE_PATTERN } from './image.config.js';
import { type PictureType, pictureType } from './picture-type.js';

const PROMPT_MAX_CHARS = 8_000;
const PATH_MAX_CHARS = 500;
/** Making one takes up to 170 s, and it may have to be loaded then. */
const TIMEOUT_MS = 210_000;
const DIRECTORY = 'images';
const EXTENSION = /\.[a-z0-9]{1,5}$/i;

export const IMAGE_SPEC: ToolSpec = {
  name: 'image',
  description:
    'Make a picture from a description. It is saved as a file of the workspace, whose path is returned, and shown to ' +
    'you where you see pictures.',
  parameters: {
    type: 'object',
    properties: {
      prompt: {
        type: 'string',
        minLength: 1,
        maxLength: PROMPT_MAX_CHARS,
        description: 'What is to be seen, in detail',
      },
      size: {
        type: 'string',
        pattern: SIZE_PATTERN,
        description: 'Width and height, such as 1024x1024, or auto',
      },
      path: {
        type: 'string',
        minLength: 1,
        maxLength: PATH_MAX_CHARS,
        description: `Where to save it in the workspace. Default: a new file in ${DIRECTORY}/`,
      },
    },
    required: ['prompt'],
    additionalProperties: false,
  },
  groups: ['goclaw'],
  repeatable: false,
  timeoutMs: TIMEOUT_MS,
};

interface Picture {
  readonly bytes: Buffer;
  readonly type: PictureType;
}

/** Pictures of an OpenAI-compatible endpoint. Whether there is one is told by {@link ImageToolSource}. */
@Injectable()
export class ImageTool implements Tool {
  constructor(
    private readonly config: ConfigService,
    private readonly images: ImageGeneration,
    private readonly pages: PageFetcher,
    private readonly files: SavedFiles,
  ) {}

  async execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    try {
      const wanted = optionalText(args, 'path') ?? `${DIRECTORY}/${newId()}`;
      // Before it costs anything.
      this.files.check(context, wanted);
      const { bytes, type } = await this.make(args, context);
      const path = EXTENSION.test(wanted) ? wanted : `${wanted}.${type.extension}`;
      await this.files.save(context, path, bytes);
      const url = `data:${type.mediaType};base64,${bytes.toString('base64')}`;
      const text = `Image saved: ${path} (${type.mediaType}, ${bytes.length} bytes)`;
      return {
        content: [
          { type: 'text', text },
          { type: 'image', url },
        ],
        isError: false,
      };
    } catch (error) {
      context.signal.throwIfAborted();
      if (isForModel(error)) return errorResult(error.message);
      throw error;
    }
  }

  private async make(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<Picture> {
    const { provider, model, size } = this.config.get(ImageConfig).image;
    if (provider === undefined)
      throw webError('No images can be made any more: an admin removed tools.image.provider. Go on without.');
    const wanted = optionalText(args, 'size') ?? size;
    // Not every endpoint knows the word; all of them have a default.
    const request = {
      model,
      prompt: textArgument(args, 'prompt'),
      ...(wanted !== 'auto' && { size: wanted }),
    };
    const made = await this.images.generate(provider, request, context.signal);
    const bytes = 'base64' in made ? inline(made.base64) : await this.load(made.url, context);
    const type = pictureType(bytes);
    if (!type) throw webError(`${provider} sent what is no PNG, JPEG, GIF or WebP; tell the user.`);
    return { bytes, type };
  }

  /** Some endpoints tell an address, from which it can be loaded for an hour. */
  private async load(url: string, { run, signal }: ToolContext): Promise<Buffer> {
    if (url.startsWith('data:')) return inline(url);
    const { bytes, status, truncated } = await this.pages.load(url, run.caller.userId, signal);
    if (status !== 200 || truncated)
      throw webError(
        `The image was made, but could not be loaded (${truncated ? 'too large' : status}); try once more.`,
      );
    return bytes;
  }
}

/** Base64, also as a `data:` URL. */
function inline(text: string): Buffer {
  return Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64');
}

function isForModel(error: unknown): error is Error {
  return (
    error instanceof ToolsError ||
    error instanceof LlmError ||
    error instanceof NetworkError ||
    error instanceof CommandError
  );
}
