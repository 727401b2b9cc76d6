import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsText } from '../../rest/is-text.js';

const TOOLS_MAX = 500;
const TOOL_NAME_MAX = 200;
const REASON_MAX = 2_000;
const USER_ID_MAX = 255;

export class McpRequestInputDto {
  @IsUUID()
  server_id!: string;

  @IsIn(['agent', 'user'])
  scope!: 'agent' | 'user';

  /** For the scope `agent`: one that the caller may change. */
  @IsOptional()
  @IsUUID()
  agent_id?: string | null;

  /** For the scope `user`; absent: the caller. */
  @IsOptional()
  @IsText(USER_ID_MAX, 1)
  user_id?: string | null;

  @IsOptional()
  @IsText(REASON_MAX)
  reason?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TOOLS_MAX)
  @IsText(TOOL_NAME_MAX, 1, { each: true })
  tool_allow?: string[] | null;
}

export class McpReviewDto {
  @IsBoolean()
  approved!: boolean;

  @IsOptional()
  @IsText(REASON_MAX)
  note?: string | null;
}

export class McpRequestDto {
  id!: string;
  server_id!: string;
  agent_id?: string;
  user_id?: string;
  scope!: 'agent' | 'user';
  status!: 'pending' | 'approved' | 'rejected';
  reason?: string;
  tool_allow?: string[];
  requested_by!: string;
  reviewed_by?: string;
  reviewed_at?: string;
  review_note?: string;
  created_at!: string;
}

export class McpRequestListDto {
  requests!: McpRequestDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}
