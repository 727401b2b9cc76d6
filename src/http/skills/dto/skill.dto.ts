import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { SKILL_STATUSES, SKILL_VISIBILITIES } from '#skills';
import { IfGiven } from '../../rest/if-given.js';
import { IsText } from '../../rest/is-text.js';

const NAME_MAX = 255;
const DESCRIPTION_MAX = 4_000;
const TAGS_MAX = 50;
const TAG_MAX = 50;
const VERSION_MAX = 2_147_483_647;
const USER_ID_MAX = 255;

export class SkillInputDto {
  @IfGiven()
  @IsText(NAME_MAX, 1)
  name?: string;

  @IsOptional()
  @IsText(DESCRIPTION_MAX)
  description?: string | null;

  /** `private`: the owner alone. `internal`: also to whom it was given. `public`: everybody; an admin makes it so. */
  @IfGiven()
  @IsIn(SKILL_VISIBILITIES)
  visibility?: 'private' | 'internal' | 'public';

  /** `archived`: out of use; its slug is free again. */
  @IfGiven()
  @IsIn(SKILL_STATUSES)
  status?: 'active' | 'archived';

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TAGS_MAX)
  @IsText(TAG_MAX, 1, { each: true })
  tags?: string[] | null;
}

export class SkillAgentGrantInputDto {
  @IsUUID()
  agent_id!: string;

  /** Of the skill's files; absent: the present one. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(VERSION_MAX)
  version?: number;
}

export class SkillUserGrantInputDto {
  @IsText(USER_ID_MAX, 1)
  user_id!: string;
}

export class SkillDto {
  id!: string;
  slug!: string;
  name!: string;
  description!: string;
  source!: 'managed';
  /** Of its SKILL.md, below the skills directory. */
  path!: string;
  baseDir!: string;
  /** Of its files: an upload raises it. */
  version!: number;
  visibility!: 'private' | 'internal' | 'public';
  status!: 'active' | 'archived';
  owner_id!: string;
  tags!: string[];
  /** Bytes of the uploaded package. */
  file_size!: number;
  /** SHA-256 of the uploaded package, in hex. */
  file_hash?: string;
  /** Of the record: every change raises it. Its ETag. */
  record_version!: number;
  created_at!: string;
  updated_at!: string;
  /** What is stored is validated; this version of the gateway does not give skills to agents yet. */
  runtime?: 'not_available';
}

export class SkillChangeDto extends SkillDto {
  /** `"true"` */
  ok!: string;
}

export class SkillListDto {
  skills!: SkillDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
  runtime!: 'not_available';
}

export class SkillAgentGrantDto {
  id!: string;
  skill_id!: string;
  agent_id!: string;
  /** The version of the files that the agent has. */
  pinned_version!: number;
  granted_by!: string;
  created_at!: string;
}

export class SkillUserGrantDto {
  id!: string;
  skill_id!: string;
  user_id!: string;
  granted_by!: string;
  created_at!: string;
}

export class SkillAgentGrantChangeDto extends SkillAgentGrantDto {
  /** `"true"` */
  ok!: string;
}

export class SkillUserGrantChangeDto extends SkillUserGrantDto {
  /** `"true"` */
  ok!: string;
}

export class SkillGrantsDto {
  agents!: SkillAgentGrantDto[];
  users!: SkillUserGrantDto[];
}
