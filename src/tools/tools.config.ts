import { IsBoolean, IsInt, Max, Min } from 'class-validator';
import { ConfigSection, Describe } from '#config';

const RATE_LIMIT_MAX_PER_HOUR = 100_000;

/** How tools are run. Which ones may be used is `ToolPolicyConfig`, the other part of the section. */
@ConfigSection('tools', { live: true })
export class ToolsConfig {
  /** Calls per session and hour; 0 is no limit. */
  @Describe('Calls per session and hour; 0 is no limit.')
  @IsInt()
  @Min(0)
  @Max(RATE_LIMIT_MAX_PER_HOUR)
  rate_limit_per_hour = 0;
  /** Replace what looks like a credential in tool output before a model or a table sees it. */
  @Describe('Replace what looks like a credential in tool output before a model sees it.')
  @IsBoolean()
  scrub_credentials = true;
}
