import { IsObject, IsOptional } from 'class-validator';
import { IsText } from '../../rest/is-text.js';

export class OverrideSettingsDto {
  temperature?: number;
  /** Longest answer, in tokens. */
  max_tokens?: number;
  /** Tokens of extended thinking, for models that have it; 0 is none. */
  thinking_budget_tokens?: number;
}

export class AgentOverrideInputDto {
  /** Absent: the agent's. */
  @IsOptional() @IsText(50) provider?: string | null;
  /** Absent: the agent's; with another provider, that one's default model. */
  @IsOptional() @IsText(200) model?: string | null;
  @IsOptional() @IsObject() settings?: OverrideSettingsDto | null;
}

export class AgentOverrideDto {
  id!: string;
  agent_id!: string;
  user_id!: string;
  provider?: string;
  model?: string;
  settings!: OverrideSettingsDto;
  /** Its ETag. */
  version!: number;
  created_at!: Date;
  updated_at!: Date;
}

export class AgentOverrideChangeDto extends AgentOverrideDto {
  status!: 'updated' | 'deleted';
}

export class AgentOverrideListDto {
  overrides!: AgentOverrideDto[];
  total?: number;
  next?: string;
}
