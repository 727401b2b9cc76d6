import type { ProjectContext } from '#bootstrap';
import type { SandboxTerms } from '#contracts';

/** Sessions of people get the full prompt; those of subagents and schedules, whose task is narrow, a minimal one. */
export type PromptMode = 'full' | 'minimal';

/** A tool as the prompt lists it. */
export interface PromptTool {
  readonly name: string;
  readonly description: string;
}

/**
 * All that the system prompt is made from. Nothing in it changes from turn to turn (no clock, no message), so that
 * equal input gives the same bytes and providers can cache them.
 */
export interface PromptInput {
  readonly mode: PromptMode;
  readonly agentKey: string;
  /** As people know the agent. */
  readonly agentName: string;
  readonly emoji?: string;
  /** `provider/model` or whatever names the model. */
  readonly model: string;
  /** Where the conversation takes place: `telegram`, `ws`, … */
  readonly channel?: string;
  /** What the agent may use now, after policy; in any order. */
  readonly tools: readonly PromptTool[];
  /** Absolute path of the agent's directory; absent when it has none. */
  readonly workspaceRoot?: string;
  /** `true`: nothing outside of the workspace can be reached. */
  readonly restrict: boolean;
  /** What the agent's commands are shut in; absent: nothing. */
  readonly sandbox?: Pick<SandboxTerms, 'workspaceAccess' | 'networkEnabled'>;
  /** Ids of the people who own the gateway. */
  readonly ownerIds: readonly string[];
  /** The context files; absent when the agent has none. */
  readonly projectContext?: ProjectContext;
  /** Instructions of whoever started the run: a channel's, a caller's system message, a subagent's task. */
  readonly extraPrompt?: string;
}

/** One section of the prompt; `undefined` when the input gives no occasion for it. */
export type PromptSection = (input: PromptInput) => string | undefined;
