import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsLine } from '../text-param.decorator.js';

const SENDER_MAX_CHARS = 200;
const CHANNEL_MAX_CHARS = 100;
const NAME_MAX_CHARS = 255;
const CODE_MAX_CHARS = 64;

export class DeviceParams {
  @IsLine(SENDER_MAX_CHARS) senderId!: string;
  @IsLine(CHANNEL_MAX_CHARS) channel!: string;
}

export class PairRequestParams extends DeviceParams {
  @IsOptional() @IsLine(SENDER_MAX_CHARS, 0) chatId?: string;
  /** Three requests may wait for each account. */
  @IsLine(CHANNEL_MAX_CHARS) accountId = 'default';
}

export class PairApproveParams {
  @IsLine(CODE_MAX_CHARS) code!: string;
  /** Shown in the list; default: the caller's user id. */
  @IsOptional() @IsLine(NAME_MAX_CHARS) approvedBy?: string;
  /** On whose authority the device acts; default: a user of its own. */
  @IsOptional() @IsString() @MaxLength(NAME_MAX_CHARS) userId?: string;
}

export class PairingStatusParams {
  @IsLine(SENDER_MAX_CHARS) sender_id!: string;
}
