import { Injectable } from '@nestjs/common';
import { errorResult, textResult, type Tool, type ToolContext, type ToolResult } from '#contracts';
import { NetworkError, wrapExternal } from '#net';
import { BrowserError } from './browser.errors.js';
import { type BrowserArguments, readArguments } from './browser-arguments.js';
import { SNAPSHOT_DEFAULT_CHARS } from './browser-tool-spec.js';
import { type BrowserAnswer, type BrowserCall, Browsers } from './browsers.js';
import type { ActRequest } from './page/act-request.js';
import type { SnapshotOptions } from './page/snapshot-text.js';
import { TREE_MAX_DEPTH } from './page/snapshot-tree.js';
import type { Snapshot } from './page/take-snapshot.js';
import { ownerOfRun } from './session/browser-owner.js';

/** `browser`: pages in a real browser, those of the run's conversation alone. */
@Injectable()
export class BrowserTool implements Tool {
  constructor(private readonly browsers: Browsers) {}

  async execute(raw: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const args = readArguments(raw);
    const call: BrowserCall = {
      owner: ownerOfRun(context.run),
      signal: context.signal,
      ...(args.targetId !== undefined && { targetId: args.targetId }),
      ...(args.timeoutMs !== undefined && { timeoutMs: args.timeoutMs }),
    };
    try {
      return await this.perform(args, call);
    } catch (error) {
      if (error instanceof BrowserError || error instanceof NetworkError) return errorResult(error.message);
      throw error;
    }
  }

  private async perform(args: BrowserArguments, call: BrowserCall): Promise<ToolResult> {
    const { browsers } = this;
    switch (args.action) {
      case 'status':
        return textResult(JSON.stringify(await browsers.status(call.owner)));
      case 'start':
        await browsers.start(call.owner);
        return textResult('The browser is running. Open a page: action "open" with targetUrl.');
      case 'stop':
        return textResult(
          (await browsers.stop(call.owner)) ? 'The browser was stopped.' : 'No browser was running.',
        );
      case 'tabs':
        return asJson(await browsers.tabs(call));
      case 'open':
        return asJson(await browsers.open(call, addressOf(args)));
      case 'navigate':
        return asJson(await browsers.navigate(call, addressOf(args)));
      case 'close':
        return told(await browsers.closeTab(call), (id) => `The page ${id} was closed.`);
      case 'snapshot':
        return told(await browsers.snapshot(call, snapshotOptions(args)), showSnapshot);
      case 'screenshot':
        return this.screenshot(call, args.fullPage === true);
      case 'console':
        return told(await browsers.console(call), (lines) => external(JSON.stringify(lines)));
      case 'act':
        return this.act(call, requestOf(args));
    }
  }

  private async act(call: BrowserCall, request: ActRequest): Promise<ToolResult> {
    const answer = await this.browsers.act(call, request);
    return told(answer, (text) => (request.kind === 'evaluate' ? external(text) : text));
  }

  private async screenshot(call: BrowserCall, fullPage: boolean): Promise<ToolResult> {
    const answer = await this.browsers.screenshot(call, fullPage);
    const { data, mimeType, url, isCut } = answer.value;
    const cut = isCut ? ' The page is larger than the picture.' : '';
    const { content } = told(answer, () => `Screenshot of ${url}.${cut}`);
    return {
      content: [...content, { type: 'image', url: `data:${mimeType};base64,${data}` }],
      isError: false,
    };
  }
}

export function snapshotOptions(args: Partial<SnapshotOptions>): SnapshotOptions {
  return {
    maxChars: args.maxChars ?? SNAPSHOT_DEFAULT_CHARS,
    interactive: args.interactive ?? false,
    compact: args.compact ?? false,
    depth: args.depth ?? TREE_MAX_DEPTH,
  };
}

function showSnapshot({ title, url, targetId, stats, text }: Snapshot): string {
  return `URL: ${url}\nTargetID: ${targetId}\nStats: ${stats}\n\n${external(`Page: ${title}\n\n${text}`)}`;
}

/** Pages are written by strangers. */
function external(text: string): string {
  return wrapExternal(text, { source: 'Browser' });
}

function addressOf({ action, targetUrl }: BrowserArguments): string {
  if (targetUrl === undefined) throw new BrowserError('invalid', `The action ${action} needs targetUrl.`);
  return targetUrl;
}

function requestOf({ request }: BrowserArguments): ActRequest {
  if (!request)
    throw new BrowserError('invalid', 'The action act needs request: {"kind": "click", "ref": "e5"}.');
  return request;
}

function asJson(answer: BrowserAnswer<unknown>): ToolResult {
  return told(answer, (value) => JSON.stringify(value));
}

function told<T>({ value, notes }: BrowserAnswer<T>, say: (value: T) => string): ToolResult {
  return textResult([say(value), ...notes.map((note) => `Note: ${note}`)].join('\n'));
}
