import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

const TEXT_MAX_CHARS = 2_000;
const MEMORY_MAX_MB = 1_048_576;
const OUTPUT_MAX_BYTES = 100 * 1024 * 1024;

/** `agents.sandbox_config`. Kept and checked; the sandbox itself is no part of this version. */
export class SandboxSettings {
  @IsOptional() @IsIn(['off', 'non-main', 'all']) mode?: string;
  @IsOptional() @IsString() @MaxLength(500) image?: string;
  @IsOptional() @IsIn(['none', 'ro', 'rw']) workspace_access?: string;
  @IsOptional() @IsIn(['session', 'agent', 'shared']) scope?: string;
  @IsOptional() @IsInt() @Min(1) @Max(MEMORY_MAX_MB) memory_mb?: number;
  @IsOptional() @IsNumber() @Min(0.01) @Max(1_024) cpus?: number;
  @IsOptional() @IsInt() @Min(1) @Max(86_400) timeout_sec?: number;
  @IsOptional() @IsBoolean() network_enabled?: boolean;
  @IsOptional() @IsBoolean() read_only_root?: boolean;
  @IsOptional() @IsString() @MaxLength(TEXT_MAX_CHARS) setup_command?: string;
  @IsOptional() @IsObject() env?: Record<string, string>;
  @IsOptional() @IsString() @MaxLength(100) user?: string;
  @IsOptional() @IsInt() @Min(0) @Max(MEMORY_MAX_MB) tmpfs_size_mb?: number;
  @IsOptional() @IsInt() @Min(1) @Max(OUTPUT_MAX_BYTES) max_output_bytes?: number;
  @IsOptional() @IsInt() @Min(0) idle_hours?: number;
  @IsOptional() @IsInt() @Min(0) max_age_days?: number;
  @IsOptional() @IsInt() @Min(0) prune_interval_min?: number;
}
