import { IsOptional, IsString, MaxLength } from 'class-validator';

const HASH_MAX_CHARS = 64;

export class ConfigApplyParams {
  @IsString() raw!: string;
  @IsOptional() @IsString() @MaxLength(HASH_MAX_CHARS) baseHash?: string;
}
