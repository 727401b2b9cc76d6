import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../../rest/if-given.js';
import { IsJsonObject } from '../../rest/is-object-of.js';
import { IsText } from '../../rest/is-text.js';

const TOOLS_MAX = 500;
const TOOL_NAME_MAX = 200;
const OVERRIDES_MAX_BYTES = 4_096;
const USER_ID_MAX = 255;

export class McpGrantTermsDto {
  @IfGiven()
  @IsBoolean()
  enabled?: boolean;

  /** Names of tools as the server has them; absent or `null`: every one. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TOOLS_MAX)
  @IsText(TOOL_NAME_MAX, 1, { each: true })
  tool_allow?: string[] | null;

  /** Wins over `tool_allow`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TOOLS_MAX)
  @IsText(TOOL_NAME_MAX, 1, { each: true })
  tool_deny?: string[] | null;
}

/** What of a server is another way for one agent. */
export class McpGrantOverridesDto {
  /** Seconds that one call may take; at most the `timeout_sec` of the server. */
  @IfGiven()
  @IsInt()
  @Min(1)
  timeout_sec?: number;
}

export class McpAgentGrantInputDto extends McpGrantTermsDto {
  @IsUUID()
  agent_id!: string;

  @IsOptional()
  @IsJsonObject(OVERRIDES_MAX_BYTES)
  @ValidateNested()
  @Type(() => McpGrantOverridesDto)
  config_overrides?: McpGrantOverridesDto | null;
}

export class McpUserGrantInputDto extends McpGrantTermsDto {
  @IsText(USER_ID_MAX, 1)
  user_id!: string;
}

export class McpAgentGrantDto {
  id!: string;
  server_id!: string;
  agent_id!: string;
  enabled!: boolean;
  tool_allow?: string[];
  tool_deny?: string[];
  config_overrides?: McpGrantOverridesDto;
  granted_by!: string;
  created_at!: string;
}

export class McpUserGrantDto {
  id!: string;
  server_id!: string;
  user_id!: string;
  enabled!: boolean;
  tool_allow?: string[];
  tool_deny?: string[];
  granted_by!: string;
  created_at!: string;
}

export class McpAgentGrantChangeDto extends McpAgentGrantDto {
  status!: 'granted' | 'revoked';
}

export class McpUserGrantChangeDto extends McpUserGrantDto {
  status!: 'granted' | 'revoked';
}

export class McpGrantListDto {
  grants!: McpAgentGrantDto[];
}

export class McpServerGrantsDto {
  agents!: McpAgentGrantDto[];
  users!: McpUserGrantDto[];
}
