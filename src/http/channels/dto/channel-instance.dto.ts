import { Allow, IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { CHANNEL_TYPES } from '#channels';
import { IfGiven } from '../../rest/if-given.js';
import { IsText } from '../../rest/is-text.js';

const NAME_MAX = 100;
const DISPLAY_NAME_MAX = 255;

export class ChannelInstanceInputDto {
  /** Of the channel, in conversations and policies: letters, digits and `. _ - /`. */
  @IsText(NAME_MAX, 1)
  name!: string;

  @IsOptional()
  @IsText(DISPLAY_NAME_MAX)
  display_name?: string | null;

  /** Cannot be changed later. */
  @IsIn(CHANNEL_TYPES)
  channel_type!: string;

  /** The agent that answers. */
  @IsUUID()
  agent_id!: string;

  /**
   * An object, or its JSON text, with the keys of the type: `token`, … Stored sealed; each value is shown as `***`, and
   * `***` keeps a value. Keys that are left out are removed.
   */
  @Allow()
  credentials?: Record<string, string> | null;

  /** An object, or its JSON text, with the keys of the type: `dm_policy`, `allow_from`, … */
  @Allow()
  config?: Record<string, unknown> | null;

  @IfGiven()
  @IsBoolean()
  enabled?: boolean;
}

export class ChannelInstanceDto {
  id!: string;
  name!: string;
  display_name!: string;
  channel_type!: 'telegram' | 'discord' | 'whatsapp' | 'zalo_oa' | 'zalo_personal' | 'feishu';
  agent_id!: string;
  /** `***` for each value. */
  credentials!: Record<string, string>;
  config!: Record<string, unknown>;
  enabled!: boolean;
  /** It can be disabled, and never deleted or renamed. */
  is_default!: boolean;
  created_by!: string;
  /** Its ETag. */
  version!: number;
  created_at!: string;
  updated_at!: string;
  /** Its credentials were sealed with a key that the gateway does not have: set them again. */
  secrets_unreadable?: boolean;
  /** What is stored is validated; this version of the gateway does not connect to the platforms yet. */
  runtime?: 'not_available';
}

export class ChannelInstanceChangeDto extends ChannelInstanceDto {
  status!: 'updated' | 'deleted';
}

export class ChannelInstanceListDto {
  instances!: ChannelInstanceDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
  runtime!: 'not_available';
}
