import { IsIn } from 'class-validator';
import { SHARE_ROLES, type ShareRole } from '#agent';
import { IsText } from '../../rest/is-text.js';

export class AgentShareInputDto {
  /** Whom it is shared with. */
  @IsText(255, 1) user_id!: string;
  /** `user` may run it, `editor` may also change it. */
  @IsIn(SHARE_ROLES) role: ShareRole = 'user';
}

export class AgentShareDto {
  id!: string;
  agent_id!: string;
  user_id!: string;
  role!: ShareRole;
  granted_by!: string;
  created_at!: Date;
  updated_at!: Date;
}

export class AgentShareChangeDto extends AgentShareDto {
  /** Always `"true"`. */
  ok!: string;
}

export class AgentShareListDto {
  shares!: AgentShareDto[];
  total?: number;
  next?: string;
}
