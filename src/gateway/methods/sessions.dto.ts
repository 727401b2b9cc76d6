import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsLine } from '../text-param.decorator.js';
import { AgentParams, SESSION_KEY_MAX_CHARS } from './agents.dto.js';

const LIST_DEFAULT = 100;
const LIST_MAX = 1_000;
const CURSOR_MAX_CHARS = 200;
const LABEL_MAX_CHARS = 500;
const MODEL_MAX_CHARS = 200;

export class SessionsListParams extends AgentParams {
  @IsInt() @Min(1) @Max(LIST_MAX) limit = LIST_DEFAULT;
  /** `next` of the page before. */
  @IsOptional() @IsLine(CURSOR_MAX_CHARS) before?: string;
}

export class SessionKeyParams {
  @IsLine(SESSION_KEY_MAX_CHARS) key!: string;
}

export class SessionPatchParams extends SessionKeyParams {
  @IsOptional() @IsLine(LABEL_MAX_CHARS, 0) label?: string;
  /** Empty: the agent's own model again. */
  @IsOptional() @IsLine(MODEL_MAX_CHARS, 0) model?: string;
}

export class SessionLabelParams extends SessionKeyParams {
  @IsLine(LABEL_MAX_CHARS, 0) label!: string;
}
