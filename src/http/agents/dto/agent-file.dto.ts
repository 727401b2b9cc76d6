import { IsString } from 'class-validator';

export class AgentFileInputDto {
  /** The whole text, at most 256 KiB. */
  @IsString() content!: string;
}

export class AgentFileDto {
  name!: string;
  /** `true`: there is no such file. */
  missing!: boolean;
  /** In bytes. */
  size?: number;
  content?: string;
  /** Its ETag. */
  version?: number;
  updated_at?: Date;
}

export class AgentFileListDto {
  /** Every name there can be, in the order in which a model reads them; without their texts. */
  files!: AgentFileDto[];
}

export class AgentFileChangeDto extends AgentFileDto {
  status!: 'updated' | 'deleted';
}
