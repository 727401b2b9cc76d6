import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  Min,
  MinLength,
} from 'class-validator';
import type { LogPosition } from '#protocol';
import { IsImageUrl } from '../image-urls.decorator.js';
import { IsLogPosition } from '../log-position.decorator.js';
import { IsLine } from '../text-param.decorator.js';
import { AgentParams, SESSION_KEY_MAX_CHARS } from './agents.dto.js';

const IDEMPOTENCY_KEY_MAX_CHARS = 255;
const IMAGES_MAX = 10;
const HISTORY_DEFAULT = 200;
const HISTORY_MAX = 1_000;
const LABEL_MAX_CHARS = 10_000;

export class ConversationParams extends AgentParams {
  @IsOptional() @IsLine(SESSION_KEY_MAX_CHARS) sessionKey?: string;
}

export class ChatSendParams extends ConversationParams {
  @IsString() @MinLength(1) message!: string;
  /** `true`: `chunk` and `thinking` events come while the run goes. */
  @IsBoolean() stream = false;
  /** A repetition with the same key attaches to the first run. */
  @IsOptional() @IsLine(IDEMPOTENCY_KEY_MAX_CHARS) idempotencyKey?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(IMAGES_MAX) @IsImageUrl() images?: string[];
}

export class ChatHistoryParams extends ConversationParams {
  @IsInt() @Min(1) @Max(HISTORY_MAX) limit = HISTORY_DEFAULT;
  /** Messages before this `seq`. */
  @IsOptional() @IsInt() @Min(1) @Max(Number.MAX_SAFE_INTEGER) before?: number;
}

export class ChatAbortParams {
  @IsOptional() @IsLine(SESSION_KEY_MAX_CHARS) runId?: string;
  @IsOptional() @IsLine(SESSION_KEY_MAX_CHARS) sessionKey?: string;
}

export class ChatInjectParams {
  @IsLine(SESSION_KEY_MAX_CHARS) sessionKey!: string;
  @IsString() @MinLength(1) message!: string;
  /** Shown in brackets above the message; only its beginning is kept. */
  @IsOptional() @IsLine(LABEL_MAX_CHARS, 0) label?: string;
}

export class ChatResumeParams {
  @IsOptional() @IsUUID() runId?: string;
  @IsOptional() @IsLine(IDEMPOTENCY_KEY_MAX_CHARS) idempotencyKey?: string;
  /** The last event that the client has; absent: it has none. */
  @IsOptional() @IsLogPosition() after?: LogPosition;
}
