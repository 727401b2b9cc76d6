import { Injectable, Logger } from '@nestjs/common';
import {
  type ContentPart,
  errorResult,
  type OfferedTool,
  type RunContext,
  type SandboxTerms,
  type ToolCall,
  type ToolResult,
  type ToolWorkspace,
} from '#contracts';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { canonicalToolName } from '../policy/tool-groups.js';
import { ToolPolicy } from '../policy/tool-policy.js';
import type { ToolScope } from '../policy/tool-policy.types.js';
import { type Toolset, withheldAs } from '../registry/toolset.js';
import { scrubCredentials } from '../scrubbing/scrub-credentials.js';
import { ToolsConfig } from '../tools.config.js';
import { ArgumentValidator } from './argument-validator.js';
import { withinLimit } from './call-deadline.js';
import { nearNames } from './near-names.js';
import { capResult } from './output-cap.js';
import { ToolRateLimiter } from './tool-rate-limiter.js';

/** Wall-clock limit of a call, for tools that name none. */
export const CALL_TIMEOUT_MS = 60_000;
/** Calls of one batch that run at the same time. */
export const PARALLEL_CALLS_MAX = 8;

const NAME_SHOWN_MAX_CHARS = 80;
const NAMES_LISTED_MAX = 60;
const INVALID_TEXT_SHOWN_MAX_CHARS = 200;

/** For whom and where a call is executed. */
export interface ToolCallContext {
  readonly run: RunContext;
  /** What there is; the policy decides what of it may be used. */
  readonly tools: Toolset;
  readonly workspace: ToolWorkspace;
  readonly sandbox?: SandboxTerms;
  /** Hears what a call shows while it goes. */
  readonly onShown?: (call: ToolCall, text: string) => void;
}

export interface ToolOutcome {
  readonly call: ToolCall;
  readonly result: ToolResult;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/**
 * Executes what a model asks for: policy, arguments, rate limit, run, scrub, cap. Whatever goes wrong is a result
 * for the model; nothing is thrown.
 */
@Injectable()
export class ToolExecutor {
  private readonly logger = new Logger(ToolExecutor.name);

  constructor(
    private readonly policy: ToolPolicy,
    private readonly validator: ArgumentValidator,
    private readonly limiter: ToolRateLimiter,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  async execute(call: ToolCall, scope: ToolScope, context: ToolCallContext): Promise<ToolOutcome> {
    const startedAt = this.clock.now();
    const start = this.clock.monotonic();
    let result: ToolResult;
    try {
      result = this.finish(await this.attempt(call, scope, context));
    } catch (error) {
      this.logger.error({ msg: 'Tool call failed', tool: call.name, runId: context.run.runId, err: error });
      result = errorResult(
        `The tool "${shown(call.name)}" failed for an internal reason that was logged. Try something else or tell the user.`,
      );
    }
    return { call, result, startedAt, durationMs: this.clock.monotonic() - start };
  }

  /**
   * Executes a batch in parallel, at most {@link PARALLEL_CALLS_MAX} at a time. The outcomes are in the order of
   * the calls; `onOutcome` hears of each when it is there, and must not throw.
   */
  async executeAll(
    calls: readonly ToolCall[],
    scope: ToolScope,
    context: ToolCallContext,
    onOutcome?: (outcome: ToolOutcome, index: number) => void,
  ): Promise<readonly ToolOutcome[]> {
    const outcomes: ToolOutcome[] = [];
    const waiting = calls.entries();
    const work = async (): Promise<void> => {
      for (const [index, call] of waiting) {
        const outcome = await this.execute(call, scope, context);
        outcomes[index] = outcome;
        onOutcome?.(outcome, index);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL_CALLS_MAX, calls.length) }, work));
    return outcomes;
  }

  /** Whether a call of an earlier attempt at the run, whose outcome is not known, may simply be made again. */
  async isRepeatable(
    call: ToolCall,
    { run, tools }: Pick<ToolCallContext, 'run' | 'tools'>,
  ): Promise<boolean> {
    const entry = tools.get(canonicalToolName(call.name));
    if (!entry) return false;
    if (entry.spec.repeatable) return true;
    return (await entry.tool.isUntouched?.({ runId: run.runId, toolCallId: call.id })) ?? false;
  }

  /** A text without what looks like a credential, unless the configuration leaves them in. */
  scrubbed(text: string): string {
    return this.config.get(ToolsConfig).scrub_credentials ? scrubCredentials(text) : text;
  }

  private async attempt(call: ToolCall, scope: ToolScope, context: ToolCallContext): Promise<ToolResult> {
    const entry = context.tools.get(canonicalToolName(call.name));
    const refusal = entry
      ? this.refusal(entry, scope, context.tools)
      : this.unknownTool(call.name, scope, context.tools);
    if (!entry || refusal !== undefined) return errorResult(refusal ?? '');
    const { spec } = entry;
    if (call.invalid !== undefined) return errorResult(invalidJson(spec.name, call.invalid));
    const issues = await this.validator.issues(spec, call.arguments);
    if (issues !== undefined) {
      return errorResult(`The arguments do not fit ${spec.name}; correct them and call again:\n${issues}`);
    }
    if (context.run.signal.aborted) {
      return errorResult(`${spec.name} was not started: the run was aborted.`);
    }
    const limit = this.limiter.take(context.run, spec.name);
    if (!limit.allowed) {
      const minutes = Math.ceil(limit.retryAfterMs / 60_000);
      return errorResult(
        `tool rate limit exceeded: ${limit.limitPerHour} actions/hour for key ${limit.key}. ` +
          `The next call is possible in ${minutes} min; answer with what you have.`,
      );
    }
    return this.run(entry, call, context);
  }

  private async run(entry: OfferedTool, call: ToolCall, context: ToolCallContext): Promise<ToolResult> {
    const { spec, tool } = entry;
    const { run, workspace, sandbox, onShown } = context;
    const show = (text: string): void => onShown?.(call, text);
    const given = { run, workspace, toolCallId: call.id, show, ...(sandbox && { sandbox }) };
    const limitMs = spec.timeoutMs ?? CALL_TIMEOUT_MS;
    const ended = await withinLimit(this.clock, run.signal, limitMs, (signal) =>
      tool.execute(call.arguments, { ...given, signal }),
    );
    const doubt = spec.repeatable ? '' : ' Its outcome is unknown: it may have taken effect.';
    switch (ended.kind) {
      case 'done':
        return ended.value;
      case 'failed':
        throw ended.error;
      case 'timeout':
        return errorResult(`${spec.name} was stopped after its limit of ${limitMs / 1000} s.${doubt}`);
      case 'aborted':
        return errorResult(`${spec.name} was stopped because the run was aborted.${doubt}`);
    }
  }

  /** Scrubs before it cuts: a cut through a credential would leave a half that no pattern knows. */
  private finish(result: ToolResult): ToolResult {
    if (!this.config.get(ToolsConfig).scrub_credentials) return capResult(result);
    const scrubbed = { content: result.content.map(scrubPart), isError: result.isError };
    const { forUser } = result;
    return capResult(forUser === undefined ? scrubbed : { ...scrubbed, forUser: scrubCredentials(forUser) });
  }

  private refusal(entry: OfferedTool, scope: ToolScope, tools: Toolset): string | undefined {
    const resolved = this.policy.resolve(tools, scope);
    const decision = resolved.explain(entry.spec.name);
    if (decision.allowed) return undefined;
    return `The tool ${entry.spec.name} is not allowed here (by ${decision.step}). ${available(resolved.allowed())}`;
  }

  private unknownTool(name: string, scope: ToolScope, tools: Toolset): string {
    const names = this.policy.visibleTools(tools, scope).map((spec) => spec.name);
    const missing = withheldAs(tools, canonicalToolName(name));
    if (missing) return `The tool ${shown(name)} is not there now: ${missing.reason} ${available(names)}`;
    const near = nearNames(shown(name), names);
    const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    return `unknown tool: ${shown(name)}.${hint} ${available(names)}`;
  }
}

function available(names: readonly string[]): string {
  if (names.length === 0) return 'No tool is available; answer without.';
  const more = names.length > NAMES_LISTED_MAX ? ', …' : '';
  return `Available: ${names.slice(0, NAMES_LISTED_MAX).join(', ')}${more}.`;
}

function invalidJson(name: string, text: string): string {
  const start = text.slice(0, INVALID_TEXT_SHOWN_MAX_CHARS);
  return `The arguments of ${name} were not a JSON object (they began: ${JSON.stringify(start)}); call again with one.`;
}

function scrubPart(part: ContentPart): ContentPart {
  return part.type === 'text' ? { ...part, text: scrubCredentials(part.text) } : part;
}

function shown(name: string): string {
  return name.length <= NAME_SHOWN_MAX_CHARS ? name : `${name.slice(0, NAME_SHOWN_MAX_CHARS)}…`;
}
