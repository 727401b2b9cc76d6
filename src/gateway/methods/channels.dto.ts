import { Allow, IsBoolean, IsIn, IsObject, IsOptional, IsUUID } from 'class-validator';
import { CHANNEL_TYPES } from '#channels';
import { IsLine } from '../text-param.decorator.js';

const NAME_MAX_CHARS = 100;
const DISPLAY_NAME_MAX_CHARS = 255;

export class ChannelToggleParams {
  @IsLine(NAME_MAX_CHARS) channel!: string;
  @IsOptional() @IsBoolean() enabled?: boolean;
}

export class ChannelInstanceParams {
  @IsLine(NAME_MAX_CHARS) id!: string;
}

export class ChannelInstanceCreateParams {
  @IsLine(NAME_MAX_CHARS) name!: string;
  @IsOptional() @IsLine(DISPLAY_NAME_MAX_CHARS, 0) display_name?: string;
  @IsIn(CHANNEL_TYPES) channel_type!: string;
  @IsUUID() agent_id!: string;
  @Allow() credentials?: unknown;
  @Allow() config?: unknown;
  @IsOptional() @IsBoolean() enabled?: boolean;
}

export class ChannelInstanceUpdates {
  @IsOptional() @IsLine(NAME_MAX_CHARS) name?: string;
  @IsOptional() @IsLine(DISPLAY_NAME_MAX_CHARS, 0) display_name?: string;
  @IsOptional() @IsIn(CHANNEL_TYPES) channel_type?: string;
  @IsOptional() @IsUUID() agent_id?: string;
  @Allow() credentials?: unknown;
  @Allow() config?: unknown;
  @IsOptional() @IsBoolean() enabled?: boolean;
}

export class ChannelInstanceUpdateParams extends ChannelInstanceParams {
  @IsObject() updates!: Record<string, unknown>;
}
