import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PROVIDER_TYPES } from '#providers';

const SLUG = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
/** Keys travel in HTTP headers: printable characters only. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;
const NAME_MAX = 50;
const DISPLAY_NAME_MAX = 255;
const URL_MAX = 2_000;
const KEY_MAX = 4_000;
const MODEL_MAX = 200;
const MODELS_MAX = 500;

export class ProviderSettingsDto {
  /** Asked where an agent names the provider without a model. */
  @IsOptional()
  @IsString()
  @Length(1, MODEL_MAX)
  default_model?: string;

  /** The models to offer, where the endpoint's own list is missing or too long. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MODELS_MAX)
  @IsString({ each: true })
  @Length(1, MODEL_MAX, { each: true })
  models?: string[];
}

export class ProviderInputDto {
  /** By which agents name it. Names of preconfigured providers bring their base URL and type along. */
  @IsString()
  @Matches(SLUG, { message: 'name must consist of lower-case letters, digits and hyphens' })
  @MaxLength(NAME_MAX)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(DISPLAY_NAME_MAX)
  display_name?: string | null;

  /** What the endpoint speaks; absent: as the preconfigured provider of this name, else `openai_compat`. */
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(PROVIDER_TYPES)
  provider_type?: 'anthropic_native' | 'openai_compat';

  /** Base URL. Any http or https address may be named, also of the gateway's own network. */
  @ValidateIf((_, value) => value !== undefined && value !== null && value !== '')
  @IsUrl(HTTP_URL)
  @MaxLength(URL_MAX)
  api_base?: string | null;

  /** Stored sealed and shown as `***`. `***` or an empty text leaves it as it is, `null` removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(KEY_MAX)
  @Matches(HEADER_TEXT, { message: 'api_key must consist of printable ASCII characters' })
  api_key?: string | null;

  /** `false`: nothing is called by this name, also when the configuration file has a provider of it. */
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @ValidateNested()
  @Type(() => ProviderSettingsDto)
  settings?: ProviderSettingsDto | null;
}

export class ProviderTestDto {
  /** The model to ask for one token; absent: the models are listed. */
  @IsOptional()
  @IsString()
  @Length(1, MODEL_MAX)
  model?: string;
}

export class UnsavedProviderTestDto extends ProviderInputDto {
  /** The model to ask for one token; absent: the models are listed. */
  @IsOptional()
  @IsString()
  @Length(1, MODEL_MAX)
  model?: string;
}

export class ProviderDto {
  id!: string;
  name!: string;
  display_name?: string;
  provider_type!: 'anthropic_native' | 'openai_compat';
  api_base!: string;
  /** `***` when a key is stored. */
  api_key?: string;
  enabled!: boolean;
  settings!: ProviderSettingsDto;
  /** Its ETag. */
  version!: number;
  created_at!: string;
  updated_at!: string;
}

export class ProviderChangeDto extends ProviderDto {
  status!: 'updated' | 'deleted';
}

export class ProviderListDto {
  providers!: ProviderDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}

export class ProviderCheckDto {
  ok!: boolean;
  /** Milliseconds. */
  latency_ms!: number;
  /** The model that answered. */
  model?: string;
  /** What the endpoint offers. */
  models?: string[];
  /** Why it does not work. */
  error?: string;
}

export class ProviderModelDto {
  id!: string;
}

export class ProviderModelsDto {
  models!: ProviderModelDto[];
}
