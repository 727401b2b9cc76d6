import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

const CREDENTIAL_MAX_CHARS = 4_096;

export class ConnectParams {
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) token?: string;
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) user_id?: string;
  /** For paired browsers; not used yet. */
  @IsOptional() @IsString() @MaxLength(CREDENTIAL_MAX_CHARS) sender_id?: string;
}

export class SubscribeParams {
  /** `true`: the events of all users; else only the caller's own, as without a subscription. */
  @IsOptional() @IsBoolean() all?: boolean;
}
