import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { AGENT_KEY, AGENT_KEY_MAX_CHARS, AGENT_STATUSES, AGENT_TYPES } from '#agent';
import { IfGiven } from '../../rest/if-given.js';
import { IsText } from '../../rest/is-text.js';

const CONTEXT_MAX_TOKENS = 10_000_000;
const ITERATIONS_MAX = 1_000;

export class AgentInputDto {
  /** By which the agent is addressed: `goclaw:<agent_key>` as a model. Cannot be changed; free again once it is deleted. */
  @IsString()
  @Matches(AGENT_KEY, {
    message: 'agent_key must consist of lower-case letters, digits, hyphens and underscores',
  })
  @MaxLength(AGENT_KEY_MAX_CHARS)
  agent_key!: string;

  @IsOptional() @IsText(255) display_name?: string | null;

  /** Who may do all with it. Absent: who creates it. `system`: it belongs to the gateway, and everybody may use it. */
  @IfGiven() @IsText(255, 1) owner_id?: string;

  /** Name of a provider. Empty: `agents.defaults.provider`. */
  @IfGiven() @IsText(50) provider?: string;

  /** Empty: `agents.defaults.model`, else the provider's default model. */
  @IfGiven() @IsText(200) model?: string;

  /** In tokens. */
  @IfGiven() @IsInt() @Min(1_000) @Max(CONTEXT_MAX_TOKENS) context_window?: number;

  /** Calls of the model in one run. */
  @IfGiven() @IsInt() @Min(1) @Max(ITERATIONS_MAX) max_tool_iterations?: number;

  /** Directory below the root of the workspaces, or an absolute path. Empty: `agents/<agent_key>`. Admins only. */
  @IfGiven() @IsText(1_000) workspace?: string;

  /** `false`: its tools reach files outside of the workspace, too. Admins only. */
  @IfGiven() @IsBoolean() restrict_to_workspace?: boolean;

  /** Which tools it has: `{profile, allow, deny, alsoAllow, byProvider}`. */
  @IsOptional() @IsObject() tools_config?: Record<string, unknown> | null;

  /** Keys of `agents.defaults.sandbox`: how the commands of the agent are shut in. Admins only. */
  @IsOptional() @IsObject() sandbox_config?: Record<string, unknown> | null;

  /** Keys of `agents.defaults.subagents`. Stored and checked; without effect in this version. */
  @IsOptional() @IsObject() subagents_config?: Record<string, unknown> | null;

  /** Keys of `agents.defaults.memory`. Stored and checked; without effect in this version. */
  @IsOptional() @IsObject() memory_config?: Record<string, unknown> | null;

  /** Keys of `agents.defaults.compaction`. `memoryFlush` and `reserveTokensFloor` are without effect in this version. */
  @IsOptional() @IsObject() compaction_config?: Record<string, unknown> | null;

  /** Keys of `agents.defaults.contextPruning`. */
  @IsOptional() @IsObject() context_pruning?: Record<string, unknown> | null;

  /** `{max_tokens, temperature, thinking_budget_tokens, run_timeout_sec, fallbacks, identity}`. */
  @IsOptional() @IsObject() other_config?: Record<string, unknown> | null;

  /** Exactly one agent is the default one: everybody may use it, and it is asked when none is named. Admins only. */
  @IfGiven() @IsBoolean() is_default?: boolean;

  /** `open`: each user has context files of its own. `predefined`: the agent's hold for all, but for USER.md. */
  @IfGiven() @IsIn(AGENT_TYPES) agent_type?: 'open' | 'predefined';

  /** An inactive agent takes no runs. */
  @IfGiven() @IsIn(AGENT_STATUSES) status?: 'active' | 'inactive';
}

export class AgentDto {
  id!: string;
  agent_key!: string;
  /** As people call it: its display name, else its identity's, else its key. */
  name!: string;
  display_name?: string;
  owner_id!: string;
  provider!: string;
  model!: string;
  context_window!: number;
  max_tool_iterations!: number;
  workspace!: string;
  restrict_to_workspace!: boolean;
  agent_type!: 'open' | 'predefined';
  is_default!: boolean;
  status!: 'active' | 'inactive';
  tools_config!: Record<string, unknown>;
  sandbox_config?: Record<string, unknown>;
  subagents_config?: Record<string, unknown>;
  memory_config?: Record<string, unknown>;
  compaction_config?: Record<string, unknown>;
  context_pruning?: Record<string, unknown>;
  other_config!: Record<string, unknown>;
  /** Its ETag. */
  version!: number;
  created_at!: Date;
  updated_at!: Date;
}

export class AgentListDto {
  agents!: AgentDto[];
  total?: number;
  /** `after` of the next page; absent on the last one. */
  next?: string;
}

export class AgentChangeDto extends AgentDto {
  /** Always `"true"`. */
  ok!: string;
}
