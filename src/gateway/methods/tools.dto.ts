import { IsBoolean, IsOptional } from 'class-validator';
import { IsLine } from '../text-param.decorator.js';
import { AgentParams } from './agents.dto.js';

const NAME_MAX_CHARS = 200;

export class ToolsExplainParams extends AgentParams {
  @IsOptional() @IsLine(NAME_MAX_CHARS) name?: string;
  @IsOptional() @IsLine(NAME_MAX_CHARS) provider?: string;
  @IsOptional() @IsLine(NAME_MAX_CHARS) channel?: string;
  @IsOptional() @IsBoolean() subagent?: boolean;
}
