import {
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IfGiven } from '../../rest/if-given.js';
import { IsJsonObject, IsTextMap } from '../../rest/is-object-of.js';
import { IsText } from '../../rest/is-text.js';

/** What models take as a name. */
const TOOL_NAME = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/;
const NAME_MAX = 64;
const DESCRIPTION_MAX = 10_000;
const COMMAND_MAX = 20_000;
const PATH_MAX = 1_000;
const TIMEOUT_MAX_SEC = 3_600;
const SCHEMA_MAX_BYTES = 65_536;
const VARIABLES = { keys: /^[A-Za-z_][A-Za-z0-9_]{0,99}$/, maxEntries: 100, maxChars: 8_000 };

export class CustomToolInputDto {
  /** By which models call it; not that of another tool. */
  @IsString()
  @Matches(TOOL_NAME, { message: 'name must consist of lower-case letters, digits, _ and -' })
  @MaxLength(NAME_MAX)
  name!: string;

  /** Tells the model what it does and when to use it. */
  @IfGiven()
  @IsText(DESCRIPTION_MAX)
  description?: string;

  /** JSON schema of the arguments, of type object. */
  @IsOptional()
  @IsJsonObject(SCHEMA_MAX_BYTES)
  parameters?: Record<string, unknown> | null;

  /** Command of a shell. `{{.name}}` is replaced by the argument of that name, quoted: write no quotes around it. */
  @IsText(COMMAND_MAX, 1)
  command!: string;

  /** Where it runs; absent or empty: the workspace of the agent. */
  @IsOptional()
  @IsText(PATH_MAX)
  working_dir?: string | null;

  /** Seconds that a call may take. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_SEC)
  timeout_seconds?: number;

  /**
   * Its variables. Stored sealed; each value is shown as `***`, and `***` keeps a value. Keys that are left out are
   * removed.
   */
  @IsOptional()
  @IsTextMap(VARIABLES)
  env?: Record<string, string> | null;

  /** The one agent that has the tool; absent or `null`: all agents. */
  @IsOptional()
  @IsUUID()
  agent_id?: string | null;

  @IfGiven()
  @IsBoolean()
  enabled?: boolean;
}

export class CustomToolDto {
  id!: string;
  name!: string;
  description!: string;
  /** JSON schema. */
  parameters!: Record<string, unknown>;
  command!: string;
  working_dir!: string;
  timeout_seconds!: number;
  /** `***` for each value. */
  env?: Record<string, string>;
  agent_id?: string;
  enabled!: boolean;
  created_by!: string;
  /** Its ETag. */
  version!: number;
  created_at!: string;
  updated_at!: string;
  /** Its variables were sealed with a key that the gateway does not have: set them again. */
  secrets_unreadable?: boolean;
}

export class CustomToolChangeDto extends CustomToolDto {
  status!: 'updated' | 'deleted';
}

export class CustomToolListDto {
  tools!: CustomToolDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}

export class CustomToolTrialDto {
  args?: Record<string, unknown>;
  /** UUID or key of the agent in whose workspace it runs; absent: the one that has the tool, else the default one. */
  agent_id?: string;
}
