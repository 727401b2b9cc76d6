import { IsInt, Max, Min } from 'class-validator';
import { ConfigSection } from '#config';

const DAYS_MAX = 36_500;
const HOURS_MAX = 24 * 366;

/** Section `retention`: how long what is not kept for good is kept. Transcripts stay until they are deleted. */
@ConfigSection('retention', { live: true })
export class RetentionConfig {
  /** Hours: the logs of runs, from which clients that come back read what they missed. */
  @IsInt()
  @Min(1)
  @Max(HOURS_MAX)
  run_events_hours = 24;

  /** Days: messages of chat platforms, received and sent. */
  @IsInt()
  @Min(1)
  @Max(DAYS_MAX)
  channel_messages_days = 30;

  /** Days: traces with their spans. */
  @IsInt()
  @Min(1)
  @Max(DAYS_MAX)
  traces_days = 30;

  /** Days: ended runs with their requests and results. */
  @IsInt()
  @Min(1)
  @Max(DAYS_MAX)
  runs_days = 90;

  /** Days: the audit log. What is left can still be verified. */
  @IsInt()
  @Min(1)
  @Max(DAYS_MAX)
  audit_days = 400;
}
