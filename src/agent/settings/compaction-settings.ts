import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';
import { Nested } from '#config';
import { MemoryFlushSettings } from './memory-flush-settings.js';

/** `agents.compaction_config`: the keys of `agents.defaults.compaction`, and those of the memory flush. */
export class CompactionSettingsOfAgent {
  /** Share of the context window that the history may fill. */
  @IsOptional() @IsNumber() @Min(0.1) @Max(0.95) maxHistoryShare?: number;
  @IsOptional() @IsInt() @Min(0) reserveTokensFloor?: number;
  @Nested(() => MemoryFlushSettings) memoryFlush = new MemoryFlushSettings();
}
