import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Nested } from '#config';
import { AgentIdentityConfig } from '../agents.config.js';

const DAY_S = 86_400;
const TOKENS_MAX = 10_000_000;
const FALLBACKS_MAX = 10;
const TARGET_MAX_CHARS = 260;

/** `agents.other_config`: what has no column of its own. */
export class OtherSettings {
  @IsOptional() @IsInt() @Min(1) @Max(TOKENS_MAX) max_tokens?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(2) temperature?: number;
  /** Tokens of extended thinking, for models that have it; 0 is none. */
  @IsOptional() @IsInt() @Min(0) @Max(TOKENS_MAX) thinking_budget_tokens?: number;
  /** Wall-clock limit of a run, in seconds. */
  @IsOptional() @IsInt() @Min(1) @Max(DAY_S) run_timeout_sec?: number;
  /** `provider/model`, most wanted first. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(FALLBACKS_MAX)
  @IsString({ each: true })
  @MaxLength(TARGET_MAX_CHARS, { each: true })
  fallbacks?: string[];
  @Nested(() => AgentIdentityConfig) identity = new AgentIdentityConfig();
}
