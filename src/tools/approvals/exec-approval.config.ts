import { ArrayMaxSize, IsArray, IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { ConfigSection, Describe, Nested } from '#config';

/** `deny`: no command. `allowlist`: those that are listed. `full`: any. */
export const EXEC_SECURITY = ['deny', 'allowlist', 'full'] as const;
/** Whether a person is asked: never, for what is not listed, or for every command. */
export const EXEC_ASK = ['off', 'on-miss', 'always'] as const;

const ALLOWLIST_MAX = 500;
const PATTERN_MAX_CHARS = 1_000;
const TIMEOUT_MIN_SEC = 5;
const TIMEOUT_MAX_SEC = 1_800;
const TIMEOUT_DEFAULT_SEC = 120;

/** Which commands agents may start, and for which a person is asked. */
export class ExecApprovalSettings {
  @Describe('deny: no command; allowlist: those that are listed; full: any.')
  @IsIn(EXEC_SECURITY)
  security: (typeof EXEC_SECURITY)[number] = 'full';

  @Describe('Whether a person is asked: never, for what is not listed, or for every command.')
  @IsIn(EXEC_ASK)
  ask: (typeof EXEC_ASK)[number] = 'off';

  /** A program (`git`), or a whole command (`git status *`). `*`, `?` and `[a-z]` do not cross a `/`. */
  @Describe('Programs (git) and whole commands (git status *) that are listed; * does not cross a /.')
  @IsArray()
  @ArrayMaxSize(ALLOWLIST_MAX)
  @IsString({ each: true })
  @MaxLength(PATTERN_MAX_CHARS, { each: true })
  allowlist: string[] = [];

  @Describe('Seconds that a command waits for a decision.')
  @IsInt()
  @Min(TIMEOUT_MIN_SEC)
  @Max(TIMEOUT_MAX_SEC)
  timeout_sec = TIMEOUT_DEFAULT_SEC;
}

@ConfigSection('tools', { live: true })
export class ExecApprovalConfig {
  @Nested(() => ExecApprovalSettings) execApproval = new ExecApprovalSettings();
}
