import { ArrayMaxSize, IsArray, IsBoolean, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Nested } from '#config';

const HOUR_SEC = 3_600;
const FILE_MAX_MB = 1_048_576;
const MEMORY_MAX_MB = 1_048_576;
const PROCESSES_MAX = 100_000;
const ENV_NAMES_MAX = 100;
const BACKGROUND_MAX = 100;
const IDLE_MAX_MIN = 10_080;

/** How commands of agents run, where no sandbox shuts them in. */
export class ExecSettings {
  /** Absent: yes in standalone mode, no in managed mode. */
  @Describe(
    'Whether commands may run on the host where there is no sandbox. Default: in standalone mode alone.',
  )
  @IsOptional()
  @IsBoolean()
  host?: boolean;

  /** The gateway's own variables (`GOCLAW_…`) are never among them: they hold secrets. */
  @Describe('Names of environment variables that commands on the host get from the gateway.')
  @IsArray()
  @ArrayMaxSize(ENV_NAMES_MAX)
  @Matches(/^(?!GOCLAW_)[A-Za-z_][A-Za-z0-9_]*$/, {
    each: true,
    message: 'must be names of environment variables, not GOCLAW_…',
  })
  env: string[] = [];

  @Describe('Seconds that a command may take, when the agent names none.')
  @IsInt()
  @Min(1)
  @Max(HOUR_SEC)
  timeout_sec = 60;

  @Describe('Seconds that an agent may ask for at most.')
  @IsInt()
  @Min(1)
  @Max(HOUR_SEC)
  timeout_max_sec = 1_800;

  @Describe('Size of a file that a command on the host may write, in MB.')
  @IsInt()
  @Min(1)
  @Max(FILE_MAX_MB)
  file_max_mb = 1_024;

  @Describe('Memory of a command on the host with everything that it started, in MB.')
  @IsInt()
  @Min(16)
  @Max(MEMORY_MAX_MB)
  memory_max_mb = 4_096;

  @Describe('Processes that a command on the host may have at one time.')
  @IsInt()
  @Min(4)
  @Max(PROCESSES_MAX)
  processes_max = 512;

  @Describe('Background commands that one session may have.')
  @IsInt()
  @Min(0)
  @Max(BACKGROUND_MAX)
  background_max = 8;

  @Describe('Minutes after which a background command is ended that nobody asked about.')
  @IsInt()
  @Min(1)
  @Max(IDLE_MAX_MIN)
  background_idle_min = 60;
}

@ConfigSection('tools', { live: true })
export class ExecConfig {
  @Nested(() => ExecSettings) exec = new ExecSettings();
}
