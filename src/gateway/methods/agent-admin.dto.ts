import { IsBoolean, IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { AGENT_TYPES } from '#agent';
import { IsLine } from '../text-param.decorator.js';
import { AGENT_ID_MAX_CHARS } from './agents.dto.js';

const NAME_MAX_CHARS = 255;
const PATH_MAX_CHARS = 1_000;
const MODEL_MAX_CHARS = 200;
const EMOJI_MAX_CHARS = 20;
const AVATAR_MAX_CHARS = 2_000;
const FILE_NAME_MAX_CHARS = 100;

export class AgentSettingsParams {
  @IsOptional() @IsObject() tools_config?: Record<string, unknown>;
  @IsOptional() @IsObject() subagents_config?: Record<string, unknown>;
  @IsOptional() @IsObject() sandbox_config?: Record<string, unknown>;
  @IsOptional() @IsObject() memory_config?: Record<string, unknown>;
  @IsOptional() @IsObject() compaction_config?: Record<string, unknown>;
  @IsOptional() @IsObject() context_pruning?: Record<string, unknown>;
  @IsOptional() @IsObject() other_config?: Record<string, unknown>;
}

export class AgentCreateParams extends AgentSettingsParams {
  @IsLine(NAME_MAX_CHARS) name!: string;
  @IsOptional() @IsLine(PATH_MAX_CHARS, 0) workspace?: string;
  @IsOptional() @IsLine(EMOJI_MAX_CHARS, 0) emoji?: string;
  @IsOptional() @IsLine(AVATAR_MAX_CHARS, 0) avatar?: string;
  @IsOptional() @IsIn(AGENT_TYPES) agent_type?: 'open' | 'predefined';
}

export class AgentUpdateParams extends AgentSettingsParams {
  @IsLine(AGENT_ID_MAX_CHARS) agentId!: string;
  @IsOptional() @IsLine(NAME_MAX_CHARS, 0) name?: string;
  @IsOptional() @IsLine(PATH_MAX_CHARS, 0) workspace?: string;
  @IsOptional() @IsLine(MODEL_MAX_CHARS, 0) model?: string;
  @IsOptional() @IsLine(AVATAR_MAX_CHARS, 0) avatar?: string;
}

export class AgentDeleteParams {
  @IsLine(AGENT_ID_MAX_CHARS) agentId!: string;
  @IsBoolean() deleteFiles = true;
}

export class AgentFilesParams {
  @IsOptional() @IsLine(AGENT_ID_MAX_CHARS) agentId?: string;
}

export class AgentFileParams extends AgentFilesParams {
  @IsLine(FILE_NAME_MAX_CHARS) name!: string;
}

export class AgentFileSetParams extends AgentFileParams {
  @IsString() @MaxLength(1_000_000) content = '';
}
