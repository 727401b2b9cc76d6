import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { ConfigSection, Describe, Env, EnvOnly, Nested } from '#config';

const PATH_MAX_CHARS = 1_000;
const CONTEXTS_MAX = 500;
const HOUR_S = 3_600;
const MEMORY_MIN_MB = 256;
const MEMORY_MAX_MB = 1_048_576;

/** The browser of the tool `browser`. */
export class BrowserSettings {
  @IsBoolean() enabled = true;
  @IsBoolean() headless = true;
  /** Absent: the first of chromium, google-chrome … that is found. */
  @Describe('Path of Chromium or Chrome; without it the first one found is taken.')
  @Env('GOCLAW_CHROMIUM')
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(PATH_MAX_CHARS)
  executable_path?: string;
  /** The X display of windows, where the browser is not headless. */
  @EnvOnly('DISPLAY') @IsOptional() @IsString() @MaxLength(PATH_MAX_CHARS) display?: string;
  /** Conversations that may have pages open at the same time. */
  @Describe('Conversations that may have pages open at the same time.')
  @IsInt()
  @Min(1)
  @Max(CONTEXTS_MAX)
  max_contexts = 32;
  /** Pages that nobody used for so long are closed. */
  @Describe('Seconds after which pages that nobody uses are closed.')
  @IsInt()
  @Min(10)
  @Max(HOUR_S)
  idle_timeout_sec = 600;
  /** What all pages together may take; above it the largest is ended. */
  @Describe('Megabytes that all pages together may take; above it the largest is ended.')
  @IsInt()
  @Min(MEMORY_MIN_MB)
  @Max(MEMORY_MAX_MB)
  max_memory_mb = 2_048;
}

@ConfigSection('tools', { live: true })
export class BrowserConfig {
  @Nested(() => BrowserSettings) browser = new BrowserSettings();
}
