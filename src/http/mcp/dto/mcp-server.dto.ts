import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { MCP_TRANSPORTS, type McpTransport } from '#mcp';
import { IfGiven } from '../../rest/if-given.js';
import { IsJsonObject, IsTextMap } from '../../rest/is-object-of.js';
import { IsText } from '../../rest/is-text.js';

const SLUG = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const NAME_MAX = 255;
const COMMAND_MAX = 4_000;
const URL_MAX = 2_000;
const ARGS_MAX = 100;
const PREFIX_MAX = 50;
const TIMEOUT_MAX_SEC = 3_600;
const SECRET_MAX = 8_000;
const SETTINGS_MAX_BYTES = 65_536;
const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const PRINTABLE = /^[\x20-\x7e]*$/;
const HEADERS = {
  keys: /^[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}$/,
  maxEntries: 50,
  maxChars: SECRET_MAX,
  values: PRINTABLE,
};
const VARIABLES = { keys: /^[A-Za-z_][A-Za-z0-9_]{0,99}$/, maxEntries: 100, maxChars: SECRET_MAX };

export class McpServerInputDto {
  /** A slug. */
  @IsString()
  @Matches(SLUG, { message: 'name must consist of lower-case letters, digits and hyphens' })
  @MaxLength(NAME_MAX)
  name!: string;

  @IsOptional()
  @IsText(NAME_MAX)
  display_name?: string | null;

  @IsIn(MCP_TRANSPORTS)
  transport!: McpTransport;

  /** The program to start; for `stdio`. */
  @IsOptional()
  @IsText(COMMAND_MAX)
  command?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ARGS_MAX)
  @IsText(COMMAND_MAX, 0, { each: true })
  args?: string[] | null;

  /** For `sse` and `streamable-http`. */
  @ValidateIf((_, value) => value !== undefined && value !== null && value !== '')
  @IsUrl(HTTP_URL)
  @MaxLength(URL_MAX)
  url?: string | null;

  /** Stored sealed; each value is shown as `***`, and `***` keeps a value. Keys that are left out are removed. */
  @IsOptional()
  @IsTextMap(HEADERS)
  headers?: Record<string, string> | null;

  /** Variables of the process; as `headers`. */
  @IsOptional()
  @IsTextMap(VARIABLES)
  env?: Record<string, string> | null;

  /** Stored sealed and shown as `***`. `***` or an empty text leaves it as it is, `null` removes it. */
  @IsOptional()
  @IsText(SECRET_MAX)
  @Matches(PRINTABLE, { message: 'api_key must consist of printable ASCII characters' })
  api_key?: string | null;

  /** Put before the names of its tools: `<prefix>__<tool>`. */
  @IsOptional()
  @IsText(PREFIX_MAX)
  @Matches(/^[A-Za-z0-9_-]*$/, { message: 'tool_prefix must consist of letters, digits, _ and -' })
  tool_prefix?: string | null;

  /** Seconds that one call of a tool may take. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_SEC)
  timeout_sec?: number;

  @IsOptional()
  @IsJsonObject(SETTINGS_MAX_BYTES)
  settings?: Record<string, unknown> | null;

  @IfGiven()
  @IsBoolean()
  enabled?: boolean;
}

export class McpConnectionDto {
  state!: 'idle' | 'connecting' | 'connected' | 'failed';
  /** Tools that the server had when they were read last. */
  tools?: number;
  /** What was wrong last. */
  error?: string;
  /** The end of what the program wrote to its standard error. */
  stderr?: string;
  /** Connections of single users. */
  users?: number;
}

export class McpServerDto {
  id!: string;
  name!: string;
  display_name?: string;
  transport!: McpTransport;
  command?: string;
  args!: string[];
  url?: string;
  /** `***` for each value. */
  headers?: Record<string, string>;
  /** `***` for each value. */
  env?: Record<string, string>;
  /** `***` when a key is stored. */
  api_key?: string;
  tool_prefix?: string;
  /** Seconds. */
  timeout_sec!: number;
  settings!: Record<string, unknown>;
  enabled!: boolean;
  created_by!: string;
  /** Its ETag. */
  version!: number;
  created_at!: string;
  updated_at!: string;
  /** Its secrets were sealed with a key that the gateway does not have: set them again. */
  secrets_unreadable?: boolean;
  /** How it is connected at the replica that answers. */
  connection?: McpConnectionDto;
}

export class McpServerChangeDto extends McpServerDto {
  status!: 'updated' | 'deleted';
}

export class McpServerListDto {
  servers!: McpServerDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}

/** What a connection that was made to try a server found. */
export class McpTestDto {
  ok!: boolean;
  /** Why it did not come about. */
  error?: string;
  /** The end of what the program wrote to its standard error. */
  stderr?: string;
  /** As models call them. */
  tools!: string[];
  /** What the server lists and cannot be offered, and why. */
  withheld!: string[];
  duration_ms!: number;
}
