import { Module } from '@nestjs/common';
import { SkillFiles } from './skill-files.js';
import { SkillGrants } from './skill-grants.js';
import { SkillUpload } from './skill-upload.js';
import { Skills } from './skills.js';

/** Uploaded skills, for managed mode; agents use them once their runtime is there. */
@Module({
  providers: [SkillFiles, SkillGrants, SkillUpload, Skills],
  exports: [SkillGrants, SkillUpload, Skills],
})
export class SkillsModule {}
