import { Injectable } from '@nestjs/common';
import { DefineTool, type Tool, type ToolContext, type ToolResult, textResult } from '#contracts';
import { NetworkGuard } from '#net';
import { numberArgument, optionalText, textArgument } from '../fs/arguments.js';
import { fetchReport, type ReadPage, readPage } from './fetch-report.js';
import { type FetchedPage, PageFetcher } from './page-fetcher.js';
import { picturePart } from './picture.js';
import { EXTRACT_MODES, type ExtractMode, PageTexts } from './page-text.js';
import { WebCache } from './web-cache.js';
import { answeringWeb } from './web.errors.js';
import { MAX_CHARS_DEFAULT, MAX_CHARS_MAX, MAX_CHARS_MIN } from './web.limits.js';

const URL_MAX_CHARS = 8_000;
const URL_SHOWN_MAX_CHARS = 500;

@Injectable()
@DefineTool({
  name: 'web_fetch',
  description:
    'Load one page of the web and read its main content as Markdown or text; JSON and plain text come as they are, ' +
    'pictures as pictures. Scripts of the page do not run. A long page ends with the offset to read on from.',
  parameters: {
    type: 'object',
    properties: {
      url: { type: 'string', maxLength: URL_MAX_CHARS, description: 'The address, http or https' },
      extractMode: { type: 'string', enum: EXTRACT_MODES, description: 'Default: markdown' },
      maxChars: {
        type: 'integer',
        minimum: MAX_CHARS_MIN,
        description: `How much to read at a time. Default ${MAX_CHARS_DEFAULT}, at most ${MAX_CHARS_MAX}`,
      },
      offset: { type: 'integer', minimum: 0, description: 'Where to begin in a long page, in characters' },
    },
    required: ['url'],
    additionalProperties: false,
  },
  groups: ['web'],
  repeatable: true,
})
export class WebFetchTool implements Tool {
  private readonly cache = new WebCache<ReadPage>(({ text, title }) => text.length + title.length);

  constructor(
    private readonly fetcher: PageFetcher,
    private readonly texts: PageTexts,
    private readonly guard: NetworkGuard,
  ) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    return answeringWeb(async () => {
      const url = textArgument(args, 'url').trim();
      const mode = optionalText(args, 'extractMode') === 'text' ? 'text' : 'markdown';
      const maxChars = Math.min(numberArgument(args, 'maxChars') ?? MAX_CHARS_DEFAULT, MAX_CHARS_MAX);
      const section = { offset: numberArgument(args, 'offset') ?? 0, maxChars };
      const known = this.known(url, mode, context);
      if (known) return textResult(fetchReport(known, section, true));
      const page = await this.fetcher.load(url, context.run.caller.userId, context.signal);
      const picture = picturePart(page);
      if (picture)
        return {
          content: [
            { type: 'text', text: `Picture at ${page.url.href.slice(0, URL_SHOWN_MAX_CHARS)}:` },
            picture,
          ],
          isError: false,
        };
      return textResult(fetchReport(await this.read(page, url, mode, context), section, false));
    });
  }

  /** What was loaded before may have been closed since. */
  private known(url: string, mode: ExtractMode, { run }: ToolContext): ReadPage | undefined {
    const page = this.cache.get(run, `${mode} ${url}`);
    if (page) this.guard.check(new URL(page.url));
    return page;
  }

  private async read(
    page: FetchedPage,
    url: string,
    mode: ExtractMode,
    context: ToolContext,
  ): Promise<ReadPage> {
    const { run, signal } = context;
    const text = await this.texts.read(page, mode, run.caller.userId, signal);
    const read = readPage(page, text);
    if (page.mayKeep && page.status >= 200 && page.status < 300) this.cache.set(run, `${mode} ${url}`, read);
    return read;
  }
}
