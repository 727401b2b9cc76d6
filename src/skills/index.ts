export { PACKAGE_MAX_BYTES } from './package/package-limits.js';
export { SkillGrants } from './skill-grants.js';
export { SkillUpload } from './skill-upload.js';
export type { SkillView } from './skill-view.js';
export { SKILL_STATUSES, SKILL_VISIBILITIES, Skills } from './skills.js';
export { SkillsConfig } from './skills.config.js';
export { SkillsModule } from './skills.module.js';
