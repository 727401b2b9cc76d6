import { Injectable } from '@nestjs/common';
import type { LlmMessage, RunContext, SandboxTerms, ToolSpec } from '#contracts';
import { type ChainRequest, type ProviderCall, ProviderChain } from '#providers';
import { CUT_REASONS } from '#protocol';
import type { NewMessage } from '#store';
import { ToolPolicy, type ToolPolicySpec, type ToolScope, Toolsets } from '#tools';
import { RunAuthority } from '../access/run-authority.js';
import { buildHistory } from '../history/build-history.js';
import type { PruningPointers } from '../history/pruning-settings.js';
import type { TranscriptMessage } from '../history/transcript-message.js';
import { promptModeOf } from '../prompt/prompt-mode.js';
import type { PromptInput } from '../prompt/prompt-input.js';
import { PromptCache } from '../prompt/prompt-cache.js';
import { RunText } from '../sanitise/run-text.js';
import { type LlmTurn, takeTurn } from './llm-turn.js';
import { addUsage, type LoopProgress, type LoopTask, writtenProgress } from './loop-task.js';
import { numbered, RunSteps } from './run-steps.js';
import { type RunTools, ToolCalls } from './tool-calls.js';
import { notExecuted } from './tool-messages.js';
import { withTokens } from './with-tokens.js';

/** Said to the model once it has used up its iterations. Part of no transcript. */
const LAST_CALL: LlmMessage = {
  role: 'user',
  content: [
    {
      type: 'text',
      text: '[System note: the limit of tool iterations is reached. Give your best answer now with what you have, without calling tools, and say what is left to do.]',
    },
  ],
};

/** What stays the same through all iterations of a run. */
interface Frame {
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly own: RunTools;
  readonly text: RunText;
}

/** Think, act, observe, until the model has nothing more to do. */
@Injectable()
export class AgentLoop {
  private readonly prompts = new PromptCache();

  constructor(
    private readonly chain: ProviderChain,
    private readonly toolsets: Toolsets,
    private readonly policy: ToolPolicy,
    private readonly calls: ToolCalls,
    private readonly steps: RunSteps,
    private readonly authority: RunAuthority,
  ) {}

  /**
   * Works until the final answer, on from what `progress` says; that is kept up to date, so that whoever called can
   * end the run with what there is when this throws.
   * @throws LlmError when no model answers; RunAborted when the run's signal aborts or its lease is lost; PermissionError,
   *   AgentError `access-lost` before a step that the caller may no longer have taken.
   */
  async run(task: LoopTask, progress: LoopProgress): Promise<void> {
    const { runtime, context, lease, input } = task;
    const frame = await this.frame(task, progress.content);
    const { messages, answers, open } = await this.steps.begin(lease, input, context.signal);
    progress.hasOpenCalls = open.length > 0;
    if (progress.hasOpenCalls) {
      await this.authority.require(context);
      const results = await this.calls.answerAgain(task, frame.own, open);
      await this.learn(task, progress, messages, results);
    }
    let pointers: PruningPointers = {
      softTrimBefore: lease.session?.softTrimBefore ?? 0,
      hardClearBefore: lease.session?.hardClearBefore ?? 0,
    };
    for (let iteration = answers + 1; ; iteration++) {
      const isLast = iteration > runtime.maxIterations;
      const history = this.history(task, messages, pointers);
      if (history.pointers !== pointers) await this.steps.prune(lease, (pointers = history.pointers));
      await this.authority.require(context);
      const turn = await this.think(
        task,
        frame,
        progress,
        iteration,
        isLast ? [...history.messages, LAST_CALL] : history.messages,
        isLast,
      );
      const calls = isLast ? [] : turn.toolCalls;
      const said = assistantMessage(turn, calls);
      if (said) this.note(progress, messages, [said]);
      if (turn.error) throw turn.error;
      progress.cut = CUT_REASONS.find((reason) => reason === turn.finish);
      if (calls.length === 0) return;
      const refusal = await this.authority.refusal(context);
      if (refusal) {
        this.note(progress, messages, calls.map(notExecuted));
        throw refusal;
      }
      await this.writeStep(task, progress);
      // What a fallback asked for is done by the rules for the fallback.
      const scope = scopeOf(context, runtime.toolPolicy, progress.provider ?? runtime.targets[0]?.provider);
      await this.learn(
        task,
        progress,
        messages,
        await this.calls.answer(task, { ...frame.own, scope }, calls),
      );
    }
  }

  private async frame({ runtime, context, input }: LoopTask, shown: string): Promise<Frame> {
    const [target] = runtime.targets;
    const scope = scopeOf(context, runtime.toolPolicy, target?.provider);
    const all = await this.toolsets.of(context);
    const tools = this.policy.visibleTools(all, scope);
    const mode = promptModeOf(context.session.key);
    const system = this.prompts.of({
      mode,
      agentKey: runtime.agent.key,
      agentName: runtime.displayName,
      model: target ? `${target.provider}/${target.model}` : '',
      tools,
      workspaceRoot: runtime.workspace.root,
      restrict: runtime.workspace.restrict,
      ownerIds: runtime.ownerIds,
      projectContext: runtime.projectContext[mode],
      ...(runtime.sandbox && { sandbox: seenOf(runtime.sandbox) }),
      ...(runtime.emoji !== undefined && { emoji: runtime.emoji }),
      ...(context.channel !== undefined && { channel: context.channel }),
      ...(input.extraPrompt !== undefined && { extraPrompt: input.extraPrompt }),
    });
    return { system, tools, own: { all, scope }, text: new RunText(shown) };
  }

  private history(
    { runtime, lease }: LoopTask,
    messages: readonly TranscriptMessage[],
    pointers: PruningPointers,
  ) {
    const summary = lease.session?.summary;
    return buildHistory({
      messages,
      maxTurns: runtime.historyLimit,
      pointers,
      pruning: runtime.pruning,
      contextWindowTokens: runtime.contextWindow,
      ...(summary !== undefined && { summary }),
    });
  }

  /** One call of a model; what may be shown of it is published as it comes. */
  private async think(
    { runtime, context, input, log, trace }: LoopTask,
    { system, tools, text }: Frame,
    progress: LoopProgress,
    iteration: number,
    messages: readonly LlmMessage[],
    isLast: boolean,
  ): Promise<LlmTurn> {
    const request: ChainRequest = {
      system,
      messages,
      tools,
      sampling: { ...runtime.sampling, ...input.sampling },
      ...(isLast && { toolChoice: 'none' }),
      ...(runtime.thinkingBudgetTokens > 0 && { thinking: { budgetTokens: runtime.thinkingBudgetTokens } }),
    };
    const before = text.content.length;
    const options = {
      signal: context.signal,
      onCall: (call: ProviderCall): void => {
        trace.llmCall({
          ...call,
          iteration,
          output: text.content.slice(before),
          ...(call.finish && { finishReason: call.finish }),
        });
        progress.usage = addUsage(progress.usage, call.usage);
        if (call.outcome === 'ok') {
          progress.provider = call.provider;
          progress.model = call.model;
        }
      },
    };
    const listener = {
      onText: (content: string) => {
        progress.content += content;
        if (input.stream) log.append('chunk', { content });
      },
      onThinking: (content: string) => {
        if (input.stream) log.append('thinking', { content });
      },
    };
    return takeTurn(this.chain, runtime.targets, request, options, text, listener);
  }

  /**
   * Writes what the run said and learned since the last step, and its log with it, so that whoever goes on can build
   * on both. A conversation that is not stored is resumed only when its request goes on without its client.
   */
  private async writeStep({ lease, input, log }: LoopTask, progress: LoopProgress): Promise<void> {
    const isResumable = lease.session !== undefined || input.detached;
    if (!isResumable || progress.unsaved.length === 0) return;
    const written = writtenProgress(progress, log.position);
    await Promise.all([log.saved(), this.steps.append(lease, progress.unsaved, written)]);
    progress.unsaved = [];
  }

  /** Results are written before the model hears of them: a crash while it thinks must not make them unknown. */
  private async learn(
    task: LoopTask,
    progress: LoopProgress,
    messages: TranscriptMessage[],
    results: readonly NewMessage[],
  ): Promise<void> {
    this.note(progress, messages, results);
    progress.hasOpenCalls = false;
    await this.writeStep(task, progress);
    task.context.signal.throwIfAborted();
  }

  private note(progress: LoopProgress, messages: TranscriptMessage[], added: readonly NewMessage[]): void {
    messages.push(...numbered(added, (messages.at(-1)?.seq ?? 0) + 1));
    progress.unsaved.push(...added);
  }
}

/** Whose rules hold for what a run does. */
function scopeOf({ channel, lane }: RunContext, agent: ToolPolicySpec, provider?: string): ToolScope {
  return {
    agent,
    ...(provider !== undefined && { provider }),
    ...(channel !== undefined && { channel }),
    ...(lane === 'subagent' && { isSubagent: true }),
  };
}

/** What the model said as a row of the transcript; nothing when it said nothing. */
function assistantMessage(turn: LlmTurn, toolCalls: LlmTurn['toolCalls']): NewMessage | undefined {
  if (turn.text === '' && toolCalls.length === 0) return undefined;
  const content = turn.text === '' ? [] : [{ type: 'text' as const, text: turn.text }];
  return withTokens({
    role: 'assistant',
    content,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(turn.thinking.length > 0 && toolCalls.length > 0 && { thinking: turn.thinking }),
  });
}

/** What the prompt says of a sandbox, and nothing that would make two equal prompts look different. */
function seenOf({ workspaceAccess, networkEnabled }: SandboxTerms): PromptInput['sandbox'] {
  return { workspaceAccess, networkEnabled };
}
