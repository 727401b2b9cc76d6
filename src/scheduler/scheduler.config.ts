import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ConfigSection, type ConfigService, Describe, Nested } from '#config';
import type { Lane } from '#contracts';
import { deploymentOf, type Mode } from '#store';

const SLOTS_MAX = 10_000;

/** Slots of each lane, per replica. Absent: by mode. */
export class LanesConfig {
  @IsOptional() @IsInt() @Min(1) @Max(SLOTS_MAX) main?: number;
  @IsOptional() @IsInt() @Min(1) @Max(SLOTS_MAX) subagent?: number;
  @IsOptional() @IsInt() @Min(1) @Max(SLOTS_MAX) cron?: number;
}

export const QUEUE_MODES = ['queue', 'followup', 'interrupt'] as const;
export type QueueMode = (typeof QUEUE_MODES)[number];

/** What happens to messages that come while their session's run is going. */
export class QueueConfig {
  /**
   * `queue`: one run after the other. `followup`: adjacent waiting messages of the same user, credential and agent
   * become one run. `interrupt`: the newest message stops the running one and takes its place.
   */
  @Describe(
    'queue: one after the other; followup: waiting messages of one caller become one run; interrupt: the newest stops the running one.',
  )
  @IsIn(QUEUE_MODES)
  mode: QueueMode = 'queue';
  /** Runs that may wait per session. */
  @Describe('Runs that may wait per session.')
  @IsInt()
  @Min(1)
  @Max(1_000)
  cap = 10;
  /** Whom a full queue turns away: the oldest waiting run, or the new one. */
  @Describe('Whom a full queue turns away: the oldest waiting run, or the new one.')
  @IsIn(['old', 'new'])
  drop: 'old' | 'new' = 'old';
}

@ConfigSection('scheduler', { live: true })
export class SchedulerConfig {
  @Nested(() => LanesConfig) lanes = new LanesConfig();
  @Nested(() => QueueConfig) queue = new QueueConfig();
  /** Runs that may wait in one replica, over all sessions; one more is refused. */
  @Describe('Runs that may wait in one replica, over all sessions.')
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  max_waiting = 10_000;
}

const LANE_DEFAULTS: Record<Mode, Record<Lane, number>> = {
  standalone: { main: 2, subagent: 4, cron: 1 },
  managed: { main: 256, subagent: 256, cron: 16 },
};

export function laneLimits(config: ConfigService): Record<Lane, number> {
  const { lanes } = config.get(SchedulerConfig);
  const defaults = LANE_DEFAULTS[deploymentOf(config).mode];
  return {
    main: lanes.main ?? defaults.main,
    subagent: lanes.subagent ?? defaults.subagent,
    cron: lanes.cron ?? defaults.cron,
  };
}
