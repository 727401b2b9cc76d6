import type { Caller, RunContext, ToolContext, ToolResult } from '#contracts';
import { SystemClock } from '#kernel';
import { NetworkConfig, NetworkGuard } from '#net';
import { configOf } from '../../test/support/config.js';
import { BrowserConfig } from './browser.config.js';
import { BrowserTool } from './browser.tool.js';
import { Browsers } from './browsers.js';
import { ChromiumHost } from './chromium/chromium-host.js';
import { BrowserSessions } from './session/browser-sessions.js';

/** The tool `browser` with a real Chromium, on its own. */
export class BrowserRig implements AsyncDisposable {
  private constructor(
    readonly host: ChromiumHost,
    readonly sessions: BrowserSessions,
    readonly browsers: Browsers,
    readonly tool: BrowserTool,
  ) {}

  /** `allow`: where pages may go besides the internet. */
  static make(
    allow: readonly string[],
    browser: object = {},
    names: Readonly<Record<string, string>> = {},
  ): BrowserRig {
    const config = configOf([BrowserConfig, NetworkConfig], { tools: { network: { allow }, browser } });
    const clock = new SystemClock();
    const resolver = {
      resolve: (host: string) => {
        const address = names[host];
        return address === undefined
          ? Promise.reject(new Error(`no such name: ${host}`))
          : Promise.resolve([{ address, family: 4 }]);
      },
    };
    const guard = new NetworkGuard(config, resolver as never);
    const host = new ChromiumHost(config, clock);
    const sessions = new BrowserSessions(host, guard, clock);
    const browsers = new Browsers(sessions, host, guard, clock);
    return new BrowserRig(host, sessions, browsers, new BrowserTool(browsers));
  }

  call(
    args: Record<string, unknown>,
    run: Partial<RunContext> = {},
    signal?: AbortSignal,
  ): Promise<ToolResult> {
    return this.tool.execute(args, contextOf(run, signal));
  }

  /** What the model reads. */
  async text(args: Record<string, unknown>, run: Partial<RunContext> = {}): Promise<string> {
    return textOf(await this.call(args, run));
  }

  act(request: Record<string, unknown>, run: Partial<RunContext> = {}): Promise<string> {
    return this.text({ action: 'act', request }, run);
  }

  /** The answer of a page, without what marks it as a stranger's. */
  async value(fn: string, run: Partial<RunContext> = {}): Promise<string> {
    return unwrapped(await this.act({ kind: 'evaluate', fn }, run));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions.onModuleDestroy();
    await this.host.onModuleDestroy();
  }
}

/** What stands between the marks of content that comes from outside. */
export function unwrapped(text: string): string {
  return /---\n(?<content>[^]*)\n<<<END_EXTERNAL/.exec(text)?.groups?.['content'] ?? text;
}

export function textOf({ content }: ToolResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

/** The ref of the first line of a snapshot that has this text. */
export function refOf(snapshot: string, text: string): string {
  const line = snapshot.split('\n').find((one) => one.includes(text)) ?? '';
  return /\[ref=((?:f\d+)?e\d+)\]/.exec(line)?.[1] ?? `no ref in: ${line}`;
}

export function callerOf(userId: string): Caller {
  return { userId, role: 'operator', scopes: [], credential: { kind: 'system' } };
}

function contextOf(run: Partial<RunContext>, signal = new AbortController().signal): ToolContext {
  return {
    run: {
      runId: 'run-1',
      caller: callerOf('ann'),
      agent: { id: 'agent-1', key: 'main' },
      session: { id: 'session-1', key: 'agent:main:ws:direct:ann' },
      lane: 'main',
      signal,
      trace: { traceId: 't', spanId: 's' },
      epoch: 1,
      attempt: 1,
      ...run,
    },
    toolCallId: 'call-1',
    workspace: { root: '/nowhere', restrict: true },
    signal,
    show: () => undefined,
  };
}
