import { IsOptional, IsString } from 'class-validator';
import { join } from 'node:path';
import { ConfigSection, type ConfigService, EnvOnly, expandPath } from '#config';
import { deploymentOf } from '#store';

/** Section `skills`: where the files of skills are. */
@ConfigSection('skills')
export class SkillsConfig {
  /** Absent: `skills` in the data directory. Replicas share it. */
  @IsOptional()
  @IsString()
  @EnvOnly('GOCLAW_SKILLS_DIR')
  dir?: string;
}

export function skillsDirectory(config: ConfigService): string {
  const { dir } = config.get(SkillsConfig);
  return dir ? expandPath(dir) : join(deploymentOf(config).dataDir, 'skills');
}
