import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional } from 'class-validator';
import { SKILL_STATUSES, SKILL_VISIBILITIES } from '#skills';
import { IsLine } from '../text-param.decorator.js';

const NAME_MAX_CHARS = 255;
const DESCRIPTION_MAX_CHARS = 4_000;
const TAGS_MAX = 50;
const TAG_MAX_CHARS = 50;

export class SkillParams {
  /** Slug, name or id. */
  @IsLine(NAME_MAX_CHARS) name!: string;
}

export class SkillUpdateParams {
  /** Slug or name; or `id`. */
  @IsOptional() @IsLine(NAME_MAX_CHARS) name?: string;
  @IsOptional() @IsLine(NAME_MAX_CHARS) id?: string;
  @IsObject() updates!: Record<string, unknown>;
}

export class SkillUpdates {
  @IsOptional() @IsLine(NAME_MAX_CHARS) name?: string;
  @IsOptional() @IsLine(DESCRIPTION_MAX_CHARS, 0) description?: string;
  @IsOptional() @IsIn(SKILL_VISIBILITIES) visibility?: (typeof SKILL_VISIBILITIES)[number];
  @IsOptional() @IsIn(SKILL_STATUSES) status?: (typeof SKILL_STATUSES)[number];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TAGS_MAX)
  @IsLine(TAG_MAX_CHARS, 1, { each: true })
  tags?: string[];
}
