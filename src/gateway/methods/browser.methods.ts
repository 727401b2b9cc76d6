import { Injectable } from '@nestjs/common';
import { ToolExplanations } from '#agent';
import { BROWSER_SPEC, type BrowserAnswer, type BrowserCall, Browsers, snapshotOptions } from '#browser';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { Access, RateLimiter } from '#permissions';
import { ErrorCode, type Methods } from '#protocol';
import { SessionService } from '#sessions';
import { AgentDirectory } from '../agent-directory.js';
import { parseParams } from '../parse-params.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import {
  BrowserActParams,
  BrowserActRequest,
  BrowserOpenParams,
  BrowserPageParams,
  BrowserParams,
  BrowserScreenshotParams,
  BrowserSnapshotParams,
} from './browser.dto.js';

/** Longer than any single thing that can be asked for, with room for a browser that has to start. */
const CALL_TIMEOUT_MS = 75_000;
/** The channel by whose rules a person drives the browser. */
const CHANNEL = 'ws';

type Result<M extends keyof Methods> = Methods[M]['result'];
type Later<M extends keyof Methods> = Promise<PendingAnswer<Result<M>>>;

/** The pages of the caller's own conversations, driven by hand: the same that the agent sees. */
@Injectable()
export class BrowserMethods {
  constructor(
    private readonly browsers: Browsers,
    private readonly agents: AgentDirectory,
    private readonly sessions: SessionService,
    private readonly explanations: ToolExplanations,
    private readonly limiter: RateLimiter,
  ) {}

  @Access('operator', { ownership: 'own' })
  @RpcMethod('browser.status', BrowserParams)
  async status(params: BrowserParams, { caller }: RpcContext): Later<'browser.status'> {
    const call = await this.callOf(caller, params);
    return new PendingAnswer(this.statusOf(call));
  }

  @Access('operator', { ownership: 'agent-use' })
  @RpcMethod('browser.open', BrowserOpenParams)
  async open({ url, ...params }: BrowserOpenParams, { caller }: RpcContext): Later<'browser.open'> {
    const call = await this.allowedCall(caller, params);
    const { browsers } = this;
    const opening = call.targetId === undefined ? browsers.open(call, url) : browsers.navigate(call, url);
    return new PendingAnswer(opening.then(withNotes));
  }

  @Access('operator', { ownership: 'own' })
  @RpcMethod('browser.close', BrowserPageParams)
  async close(params: BrowserPageParams, { caller }: RpcContext): Later<'browser.close'> {
    const call = await this.callOf(caller, params);
    const closing =
      call.targetId === undefined
        ? this.browsers.stop(call.owner)
        : this.browsers.closeTab(call).then(() => true);
    return new PendingAnswer(closing.then((closed) => ({ ok: true as const, closed })));
  }

  @Access('operator', { ownership: 'agent-use' })
  @RpcMethod('browser.act', BrowserActParams)
  async act({ request, ...params }: BrowserActParams, { caller }: RpcContext): Later<'browser.act'> {
    const what = parseParams(BrowserActRequest, request);
    const acting = this.browsers.act(await this.allowedCall(caller, params), what);
    return new PendingAnswer(acting.then(({ value, notes }) => ({ ok: true as const, text: value, notes })));
  }

  @Access('operator', { ownership: 'agent-use' })
  @RpcMethod('browser.snapshot', BrowserSnapshotParams)
  async snapshot(params: BrowserSnapshotParams, { caller }: RpcContext): Later<'browser.snapshot'> {
    const call = await this.allowedCall(caller, params);
    return new PendingAnswer(this.browsers.snapshot(call, snapshotOptions(params)).then(withNotes));
  }

  @Access('operator', { ownership: 'agent-use' })
  @RpcMethod('browser.screenshot', BrowserScreenshotParams)
  async screenshot(params: BrowserScreenshotParams, { caller }: RpcContext): Later<'browser.screenshot'> {
    const call = await this.allowedCall(caller, params);
    return new PendingAnswer(this.browsers.screenshot(call, params.fullPage === true).then(withNotes));
  }

  private async statusOf(call: BrowserCall): Promise<Result<'browser.status'>> {
    const { running } = await this.browsers.status(call.owner);
    const tabs = running ? (await this.browsers.tabs(call)).value : [];
    return { enabled: this.browsers.isEnabled, running, tabs };
  }

  /** What leaves the gateway: as often as a caller may ask, and where the agent has the tool for him. */
  private async allowedCall(caller: Caller, params: BrowserPageParams): Promise<BrowserCall> {
    this.limiter.take(caller);
    const { agentKey } = await this.agents.conversation(caller, params);
    const { available, reason } = await this.explanations.one(caller, agentKey, BROWSER_SPEC.name, {
      channel: CHANNEL,
    });
    if (!available) throw new AppError(ErrorCode.FAILED_PRECONDITION, reason);
    return this.callOf(caller, params);
  }

  /** @throws AppError NOT_FOUND when the caller has no such conversation. */
  private async callOf(caller: Caller, params: BrowserPageParams): Promise<BrowserCall> {
    const { agentKey, sessionKey } = await this.agents.conversation(caller, params);
    const [agent, session] = await Promise.all([
      this.agents.agent(caller, agentKey),
      this.sessions.get(caller, sessionKey),
    ]);
    const { targetId, timeoutMs } = params;
    return {
      owner: { userId: caller.userId, agentId: agent.id, sessionKey, sessionId: session.id },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(targetId !== undefined && { targetId }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
  }
}

function withNotes<T extends object>({ value, notes }: BrowserAnswer<T>): T & { notes: readonly string[] } {
  return { ...value, notes };
}
