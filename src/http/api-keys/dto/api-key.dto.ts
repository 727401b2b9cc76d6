import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { SCOPES, type Scope } from '#contracts';
import { KEY_ROLES, type KeyRole } from '#permissions';

const NAME_MAX = 255;
const RPM_MAX = 1_000_000;
const GRACE_MAX_S = 7 * 86_400;

export class ApiKeyInputDto {
  /** For people. */
  @IsString()
  @Length(1, NAME_MAX)
  name!: string;

  /** What it may do at most. */
  @IsIn(KEY_ROLES)
  role!: KeyRole;

  /** What it may do of that; absent: all of it. */
  @ValidateIf((_, value) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(SCOPES.length)
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  /** It acts for this user and nobody else; the user id need not be sent with it. */
  @IsOptional()
  @IsString()
  @MaxLength(NAME_MAX)
  user_id?: string | null;

  /** It acts for all users `tenant.<tenant>.user.<id>` and nobody else; which one, each request says. */
  @IsOptional()
  @IsString()
  @MaxLength(NAME_MAX)
  tenant?: string | null;

  /** From then on it is refused. RFC 3339; absent or `null`: never. */
  @IsOptional()
  @Type(() => Date)
  @IsDate({ message: 'expires_at must be a time like 2027-01-31T00:00:00Z' })
  expires_at?: Date | null;

  /** Agent requests a minute, besides the limits of its user and tenant; absent or `null`: no limit of its own. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(RPM_MAX)
  rate_limit_rpm?: number | null;
}

export class ApiKeyChangesDto {
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @Length(1, NAME_MAX)
  name?: string;

  /** Connections and runs that need a scope that is taken away end at once. */
  @ValidateIf((_, value) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(SCOPES.length)
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[];

  @IsOptional()
  @Type(() => Date)
  @IsDate({ message: 'expires_at must be a time like 2027-01-31T00:00:00Z' })
  expires_at?: Date | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(RPM_MAX)
  rate_limit_rpm?: number | null;
}

export class ApiKeyRotationDto {
  /** Seconds in which the key before works beside the new one; 0: it ends at once. */
  @IsInt()
  @Min(0)
  @Max(GRACE_MAX_S)
  grace_seconds: number = 0;
}

export class ApiKeyDto {
  id!: string;
  name!: string;
  /** How the key begins. */
  key_prefix!: string;
  role!: 'viewer' | 'operator' | 'admin';
  scopes!: (
    'operator.admin' | 'operator.read' | 'operator.write' | 'operator.approvals' | 'operator.pairing'
  )[];
  user_id?: string;
  tenant?: string;
  rate_limit_rpm?: number;
  status!: 'active' | 'expired' | 'revoked';
  expires_at?: string;
  revoked_at?: string;
  revoked_by?: string;
  /** Exact to a minute. */
  last_used_at?: string;
  /** Network address. */
  last_used_from?: string;
  /** Until then the key before the last rotation works, too. */
  previous_valid_until?: string;
  created_by!: string;
  created_at!: string;
  updated_at!: string;
  /** Its ETag. */
  version!: number;
}

export class IssuedApiKeyDto extends ApiKeyDto {
  /** The key. It is shown this one time and not kept. */
  key!: string;
}

export class ApiKeyListDto {
  api_keys!: ApiKeyDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}
