import type { Tool, ToolContext, ToolResult } from '#contracts';
import { type Clock, SystemClock } from '#kernel';
import { GuardedFetch, NetworkConfig, NetworkGuard } from '#net';
import { callerOf } from '../../../test/support/callers.js';
import { configOf } from '../../../test/support/config.js';
import { runContext, toolContext } from '../../../test/support/tools.js';
import { PageFetcher } from './page-fetcher.js';
import { PageReader } from './page-reader.js';
import { PageTexts } from './page-text.js';
import { SearchEngines } from './search/search-engines.js';
import { WebConfig } from './web.config.js';
import { WebFetchTool } from './web-fetch.tool.js';
import { WebSearchTool } from './web-search.tool.js';

export interface WebToolsOptions {
  /** The section `tools`. */
  readonly tools?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

/** The web tools on a configuration of their own. */
export function webTools({ tools = {}, env = {}, clock = new SystemClock() }: WebToolsOptions) {
  const configure = (section: object) => configOf([NetworkConfig, WebConfig], { tools: section }, env);
  const config = configure(tools);
  const guard = new NetworkGuard(config);
  const guarded = new GuardedFetch(guard);
  // Its own clock: a test that moves time does not mean the readers.
  const reader = new PageReader(new SystemClock());
  const fetch = new WebFetchTool(new PageFetcher(guard, guarded, clock), new PageTexts(reader), guard);
  const search = new WebSearchTool(new SearchEngines(config, reader), clock);
  return {
    fetch: (args: Record<string, unknown>, context?: Partial<ToolContext>) => call(fetch, args, context),
    search: (args: Record<string, unknown>, context?: Partial<ToolContext>) => call(search, args, context),
    /** Another section `tools` from now on. */
    reconfigure: (section: object) => config.adopt(configure(section)),
    async [Symbol.asyncDispose](): Promise<void> {
      reader.onModuleDestroy();
      await guarded.onModuleDestroy();
    },
  };
}

export type WebTools = ReturnType<typeof webTools>;

/** A call of another user. */
export function asUser(userId: string): Partial<ToolContext> {
  return { run: runContext({ caller: callerOf(userId) }) };
}

function call(
  tool: Tool,
  args: Record<string, unknown>,
  context: Partial<ToolContext> = {},
): Promise<ToolResult> {
  return tool.execute(args, toolContext({ root: '/nowhere', restrict: true }, context));
}
