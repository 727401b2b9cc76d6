import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import {
  ACT_KINDS,
  type ActKind,
  MOUSE_BUTTONS,
  type MouseButton,
  SNAPSHOT_MAX_CHARS,
  SNAPSHOT_MIN_CHARS,
  TIMEOUT_MAX_MS,
  TREE_MAX_DEPTH,
} from '#browser';
import { IsLine } from '../text-param.decorator.js';
import { ConversationParams } from './chat.dto.js';

const ADDRESS_MAX_CHARS = 8_000;
const TARGET_ID_MAX_CHARS = 100;
const TEXT_MAX_CHARS = 100_000;
const SHORT_MAX_CHARS = 1_000;
const TIMEOUT_MIN_MS = 100;

export class BrowserParams extends ConversationParams {}

export class BrowserPageParams extends ConversationParams {
  @IsOptional() @IsLine(TARGET_ID_MAX_CHARS) targetId?: string;
  @IsOptional() @IsInt() @Min(TIMEOUT_MIN_MS) @Max(TIMEOUT_MAX_MS) timeoutMs?: number;
}

export class BrowserOpenParams extends BrowserPageParams {
  @IsLine(ADDRESS_MAX_CHARS) url!: string;
}

export class BrowserActRequest {
  @IsIn(ACT_KINDS) kind!: ActKind;
  @IsOptional() @IsLine(SHORT_MAX_CHARS) ref?: string;
  @IsOptional() @IsString() @MaxLength(TEXT_MAX_CHARS) text?: string;
  @IsOptional() @IsLine(SHORT_MAX_CHARS) key?: string;
  @IsOptional() @IsBoolean() submit?: boolean;
  @IsOptional() @IsBoolean() slowly?: boolean;
  @IsOptional() @IsBoolean() doubleClick?: boolean;
  @IsOptional() @IsIn(MOUSE_BUTTONS) button?: MouseButton;
  @IsOptional() @IsString() @MaxLength(TEXT_MAX_CHARS) fn?: string;
  @IsOptional() @IsNumber() @Min(0) @Max(TIMEOUT_MAX_MS) timeMs?: number;
  @IsOptional() @IsString() @MaxLength(SHORT_MAX_CHARS) textGone?: string;
  @IsOptional() @IsLine(ADDRESS_MAX_CHARS) url?: string;
}

export class BrowserActParams extends BrowserPageParams {
  /** A {@link BrowserActRequest}. */
  @IsObject() request!: Record<string, unknown>;
}

export class BrowserSnapshotParams extends BrowserPageParams {
  @IsOptional() @IsInt() @Min(SNAPSHOT_MIN_CHARS) @Max(SNAPSHOT_MAX_CHARS) maxChars?: number;
  @IsOptional() @IsBoolean() interactive?: boolean;
  @IsOptional() @IsBoolean() compact?: boolean;
  @IsOptional() @IsInt() @Min(1) @Max(TREE_MAX_DEPTH) depth?: number;
}

export class BrowserScreenshotParams extends BrowserPageParams {
  @IsOptional() @IsBoolean() fullPage?: boolean;
}
