import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

import { JWT_MAX_CHARS } from '#permissions';

const CREDENTIAL_MAX_CHARS = 4_096;

export class ConnectParams {
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) token?: string;
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) user_id?: string;
  /** Of a paired browser, instead of a token. */
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) sender_id?: string;
  /** A JWT of the company's auth service. */
  @IsOptional() @IsString() @MaxLength(JWT_MAX_CHARS) identity?: string;
}

export class SubscribeParams {
  /** `true`: the events of all users; else only the caller's own, as without a subscription. */
  @IsOptional() @IsBoolean() all?: boolean;
}
