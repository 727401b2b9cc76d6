import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

const TOKENS_MAX = 10_000_000;

/** `user_agent_overrides.settings`: what a user may set for itself on an agent. */
export class OverrideSettingsInput {
  @IsOptional() @IsNumber() @Min(0) @Max(2) temperature?: number;
  /** Longest answer, in tokens. */
  @IsOptional() @IsInt() @Min(1) @Max(TOKENS_MAX) max_tokens?: number;
  /** Tokens of extended thinking, for models that have it; 0 is none. */
  @IsOptional() @IsInt() @Min(0) @Max(TOKENS_MAX) thinking_budget_tokens?: number;
}
