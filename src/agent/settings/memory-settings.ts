import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** `agents.memory_config`. Kept and checked; memory is no part of this version. */
export class MemorySettings {
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsIn(['', 'auto', 'openai', 'openrouter', 'gemini']) embedding_provider?: string;
  @IsOptional() @IsString() @MaxLength(200) embedding_model?: string;
  @IsOptional() @IsString() @MaxLength(2_000) embedding_api_base?: string;
  @IsOptional() @IsInt() @Min(1) @Max(100) max_results?: number;
  /** Characters of one piece of memory. */
  @IsOptional() @IsInt() @Min(100) @Max(100_000) max_chunk_len?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) vector_weight?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) text_weight?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) min_score?: number;
}
