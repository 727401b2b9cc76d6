import { IsBoolean, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';

const PROMPT_MAX_CHARS = 20_000;

/** Notes to the memory before a compaction. Kept and checked; memory is no part of this version. */
export class MemoryFlushSettings {
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsInt() @Min(0) softThresholdTokens?: number;
  @IsOptional() @IsString() @MaxLength(PROMPT_MAX_CHARS) prompt?: string;
  @IsOptional() @IsString() @MaxLength(PROMPT_MAX_CHARS) systemPrompt?: string;
}
