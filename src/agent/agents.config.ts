import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { FILE_MAX_CHARS, TOTAL_MAX_CHARS } from '#bootstrap';
import { ConfigSection, Env, Nested, NestedMap, Restart } from '#config';
import { SandboxConfig, SandboxSettings } from '#sandbox';
import { ToolPolicyConfig } from '#tools';
import { INJECTION_ACTIONS, type InjectionAction } from './guard/input-guard.js';
import { MESSAGE_MAX_CODE_POINTS } from './guard/truncate-message.js';

const DAY_S = 86_400;
const CONTEXT_MAX_CHARS = 1_000_000;

export class SoftTrimConfig {
  @IsInt() @Min(1) maxChars = 4_000;
  @IsInt() @Min(0) headChars = 1_500;
  @IsInt() @Min(0) tailChars = 1_500;
}

export class HardClearConfig {
  @IsBoolean() enabled = true;
  @IsString() placeholder = '[Old tool result content cleared]';
}

/** How old tool results are shortened before a model reads them. */
export class ContextPruningConfig {
  /** Absent: `cache-ttl` where the provider is Anthropic, else `off`. */
  @IsOptional() @IsIn(['off', 'cache-ttl']) mode?: 'off' | 'cache-ttl';
  @IsInt() @Min(0) @Max(100) keepLastAssistants = 3;
  @IsNumber() @Min(0) @Max(1) softTrimRatio = 0.3;
  @IsNumber() @Min(0) @Max(1) hardClearRatio = 0.5;
  @IsInt() @Min(0) minPrunableToolChars = 50_000;
  @Nested(() => SoftTrimConfig) softTrim = new SoftTrimConfig();
  @Nested(() => HardClearConfig) hardClear = new HardClearConfig();
}

/** When the older part of a conversation becomes a summary. */
export class CompactionConfig {
  /** Share of the context window that the history may fill. */
  @IsNumber() @Min(0.1) @Max(0.95) maxHistoryShare = 0.75;
}

/** How an agent presents itself. */
export class AgentIdentityConfig {
  @IsOptional() @IsString() @MaxLength(100) name?: string;
  @IsOptional() @IsString() @MaxLength(20) emoji?: string;
  @IsOptional() @IsString() @MaxLength(2_000) avatar?: string;
  @IsOptional() @IsString() @MaxLength(1_000) description?: string;
}

/** What every agent has unless it says otherwise. */
export class AgentDefaultsConfig {
  @IsString() @Restart() @Env('GOCLAW_WORKSPACE') workspace = '~/.goclaw/workspace';
  @IsBoolean() restrict_to_workspace = true;
  /** Absent: the first provider that has a key. */
  @IsOptional() @IsString() @Env('GOCLAW_PROVIDER') provider?: string;
  /** Absent: the provider's default model. */
  @IsOptional() @IsString() @Env('GOCLAW_MODEL') model?: string;
  /** Asked in this order when the first cannot answer: `provider/model`. */
  @IsArray() @IsString({ each: true }) fallbacks: string[] = [];
  @IsInt() @Min(1) max_tokens = 8_192;
  @IsNumber() @Min(0) @Max(2) temperature = 0.7;
  /** Tokens of extended thinking, for models that have it; 0 is none. */
  @IsInt() @Min(0) thinking_budget_tokens = 0;
  @IsInt() @Min(1) @Max(1_000) max_tool_iterations = 20;
  @IsInt() @Min(1_000) context_window = 200_000;
  /** Wall-clock limit of a run, in seconds. */
  @IsInt() @Min(1) @Max(DAY_S) run_timeout_sec = 1_800;
  /** User messages that the model sees; 0 is all of the window. */
  @IsInt() @Min(0) history_limit = 0;
  /** Characters of one context file that a prompt shows; 0 is the default. */
  @IsInt() @Min(0) @Max(CONTEXT_MAX_CHARS) bootstrapMaxChars = FILE_MAX_CHARS;
  /** Characters of all context files together; 0 is the default. */
  @IsInt() @Min(0) @Max(CONTEXT_MAX_CHARS) bootstrapTotalMaxChars = TOTAL_MAX_CHARS;
  @Nested(() => CompactionConfig) compaction = new CompactionConfig();
  @Nested(() => ContextPruningConfig) contextPruning = new ContextPruningConfig();
  @Nested(() => SandboxConfig) sandbox = new SandboxConfig();
}

/** One agent of the configuration file; what is absent is the default's. */
export class AgentConfig {
  @IsOptional() @IsString() @MaxLength(255) displayName?: string;
  @IsOptional() @IsString() provider?: string;
  @IsOptional() @IsString() model?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) fallbacks?: string[];
  @IsOptional() @IsInt() @Min(1) max_tokens?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(2) temperature?: number;
  @IsOptional() @IsInt() @Min(0) thinking_budget_tokens?: number;
  @IsOptional() @IsInt() @Min(1) @Max(1_000) max_tool_iterations?: number;
  @IsOptional() @IsInt() @Min(1_000) context_window?: number;
  @IsOptional() @IsInt() @Min(1) @Max(DAY_S) run_timeout_sec?: number;
  @IsOptional() @IsString() workspace?: string;
  @IsOptional() @IsBoolean() restrict_to_workspace?: boolean;
  @IsOptional() @IsBoolean() default?: boolean;
  @Nested(() => AgentIdentityConfig) identity = new AgentIdentityConfig();
  @Nested(() => ToolPolicyConfig) tools = new ToolPolicyConfig();
  @Nested(() => SandboxSettings) sandbox = new SandboxSettings();
}

@ConfigSection('agents', { live: true })
export class AgentsConfig {
  @Nested(() => AgentDefaultsConfig) defaults = new AgentDefaultsConfig();
  @NestedMap(() => AgentConfig) list: Record<string, AgentConfig> = {};
}

/** What is done with a message before an agent reads it. */
@ConfigSection('gateway', { live: true })
export class IntakeConfig {
  /** Longer messages are cut, with a note to the model. In code points. */
  @IsInt() @Min(1) @Max(1_000_000) max_message_chars = MESSAGE_MAX_CODE_POINTS;
  @IsIn(INJECTION_ACTIONS) injection_action: InjectionAction = 'warn';
}
