import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PAGE_MAX } from '#store';
import { IsLine } from '../text-param.decorator.js';

const ID_MAX_CHARS = 100;
const AGENT_MAX_CHARS = 255;
const CURSOR_MAX_CHARS = 2_000;

export class ApprovalParams {
  @IsLine(ID_MAX_CHARS) id!: string;
}

export class ApproveParams extends ApprovalParams {
  /** The same command starts without asking from now on. */
  @IsOptional() @IsBoolean() always?: boolean;
}

export class AllowancesParams {
  @IsOptional() @IsLine(AGENT_MAX_CHARS) agentId?: string;
  @IsOptional() @IsInt() @Min(1) @Max(PAGE_MAX) limit?: number;
  /** `next` of the page before. */
  @IsOptional() @IsLine(CURSOR_MAX_CHARS) after?: string;
}
