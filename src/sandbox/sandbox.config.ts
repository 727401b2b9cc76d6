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
  Validate,
} from 'class-validator';
import { SANDBOX_SCOPES, type SandboxScope, WORKSPACE_ACCESS, type WorkspaceAccess } from '#contracts';
import { SecretMap } from '#config';
import { IsEnvironment } from './is-environment.js';

export const SANDBOX_MODES = ['off', 'non-main', 'all'] as const;
export type SandboxMode = (typeof SANDBOX_MODES)[number];

export const SANDBOX_IMAGE = 'goclaw-sandbox:bookworm-slim';

const TEXT_MAX_CHARS = 2_000;
const MEMORY_MIN_MB = 6;
const MEMORY_MAX_MB = 1_048_576;
const OUTPUT_MAX_BYTES = 100 * 1024 * 1024;
const DAY_S = 86_400;
const YEAR_H = 8_760;
const YEAR_DAYS = 366;

/** How the commands of agents are shut in, where an agent does not say otherwise. */
export class SandboxConfig {
  /** `non-main`: all agents but the default one. */
  @IsIn(SANDBOX_MODES) mode: SandboxMode = 'off';
  @IsString() @MaxLength(500) image = SANDBOX_IMAGE;
  /** What commands see of the workspace at /workspace. */
  @IsIn(WORKSPACE_ACCESS) workspace_access: WorkspaceAccess = 'rw';
  /** Whose calls share a sandbox. Never those of two users. */
  @IsIn(SANDBOX_SCOPES) scope: SandboxScope = 'session';
  @IsInt() @Min(MEMORY_MIN_MB) @Max(MEMORY_MAX_MB) memory_mb = 512;
  @IsNumber() @Min(0.01) @Max(1_024) cpus = 1;
  /** Wall-clock limit of one command, in seconds. */
  @IsInt() @Min(1) @Max(DAY_S) timeout_sec = 300;
  @IsBoolean() network_enabled = false;
  @IsBoolean() read_only_root = true;
  /** Run once by `sh -c` in each new sandbox. */
  @IsOptional() @IsString() @MaxLength(TEXT_MAX_CHARS) setup_command?: string;
  /** Variables of every command. `${GOCLAW_SANDBOX_…}` is replaced by that variable of the gateway's environment. */
  @IsOptional() @IsObject() @Validate(IsEnvironment) @SecretMap() env?: Record<string, string>;
  /** Absent: the gateway's own user where the workspace is mounted, else the image's. */
  @IsOptional() @IsString() @MaxLength(100) user?: string;
  /** Of each temporary directory; 0 is the engine's default. */
  @IsInt() @Min(0) @Max(MEMORY_MAX_MB) tmpfs_size_mb = 0;
  @IsInt() @Min(1) @Max(OUTPUT_MAX_BYTES) max_output_bytes = 1024 * 1024;
  /** A sandbox that nobody used for so long is removed; 0 is never. */
  @IsInt() @Min(0) @Max(YEAR_H) idle_hours = 24;
  /** A sandbox that is older is removed when it is not in use; 0 is never. */
  @IsInt() @Min(0) @Max(YEAR_DAYS) max_age_days = 7;
  @IsInt() @Min(1) @Max(1_440) prune_interval_min = 5;
}

/** What one agent has of its own: `agents.sandbox_config`, `agents.list.*.sandbox`. Absent is the default's. */
export class SandboxSettings {
  @IsOptional() @IsIn(SANDBOX_MODES) mode?: SandboxMode;
  @IsOptional() @IsString() @MaxLength(500) image?: string;
  @IsOptional() @IsIn(WORKSPACE_ACCESS) workspace_access?: WorkspaceAccess;
  @IsOptional() @IsIn(SANDBOX_SCOPES) scope?: SandboxScope;
  @IsOptional() @IsInt() @Min(MEMORY_MIN_MB) @Max(MEMORY_MAX_MB) memory_mb?: number;
  @IsOptional() @IsNumber() @Min(0.01) @Max(1_024) cpus?: number;
  @IsOptional() @IsInt() @Min(1) @Max(DAY_S) timeout_sec?: number;
  @IsOptional() @IsBoolean() network_enabled?: boolean;
  @IsOptional() @IsBoolean() read_only_root?: boolean;
  @IsOptional() @IsString() @MaxLength(TEXT_MAX_CHARS) setup_command?: string;
  @IsOptional() @IsObject() @Validate(IsEnvironment) @SecretMap() env?: Record<string, string>;
  @IsOptional() @IsString() @MaxLength(100) user?: string;
  @IsOptional() @IsInt() @Min(0) @Max(MEMORY_MAX_MB) tmpfs_size_mb?: number;
  @IsOptional() @IsInt() @Min(1) @Max(OUTPUT_MAX_BYTES) max_output_bytes?: number;
  @IsOptional() @IsInt() @Min(0) @Max(YEAR_H) idle_hours?: number;
  @IsOptional() @IsInt() @Min(0) @Max(YEAR_DAYS) max_age_days?: number;
  @IsOptional() @IsInt() @Min(1) @Max(1_440) prune_interval_min?: number;
}
