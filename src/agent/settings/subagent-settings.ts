import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** `agents.subagents_config`. Kept and checked; subagents are no part of this version. */
export class SubagentSettings {
  @IsOptional() @IsInt() @Min(1) @Max(256) maxConcurrent?: number;
  @IsOptional() @IsInt() @Min(0) @Max(5) maxSpawnDepth?: number;
  @IsOptional() @IsInt() @Min(1) @Max(20) maxChildrenPerAgent?: number;
  @IsOptional() @IsInt() @Min(1) archiveAfterMinutes?: number;
  /** Absent: the agent's own. */
  @IsOptional() @IsString() @MaxLength(200) model?: string;
}
