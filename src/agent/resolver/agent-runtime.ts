import type { ProjectContexts } from '#bootstrap';
import type { AgentRef, SamplingParameters, SandboxTerms, ToolWorkspace } from '#contracts';
import type { ToolPolicySpec } from '#tools';
import type { CompactionSettings } from '../history/compaction.js';
import type { PruningSettings } from '../history/pruning-settings.js';

/** A model at a provider. */
export interface ModelTarget {
  readonly provider: string;
  readonly model: string;
}

/** What an agent's tools work with, whichever model asks for them. */
export interface ToolGround {
  readonly agent: AgentRef;
  readonly workspace: ToolWorkspace;
  readonly toolPolicy: ToolPolicySpec;
  /** Absent: commands are not shut in. */
  readonly sandbox?: SandboxTerms;
}

/** The resolved snapshot of an agent. A run keeps the one it began with. */
export interface AgentRuntime extends ToolGround {
  readonly displayName: string;
  readonly emoji: string | undefined;
  /** Asked in this order; at least one. */
  readonly targets: readonly ModelTarget[];
  readonly sampling: SamplingParameters;
  readonly thinkingBudgetTokens: number;
  readonly maxIterations: number;
  readonly contextWindow: number;
  readonly historyLimit: number;
  readonly timeLimitMs: number;
  readonly pruning: PruningSettings;
  readonly compaction: CompactionSettings;
  readonly ownerIds: readonly string[];
  readonly projectContext: ProjectContexts;
}
