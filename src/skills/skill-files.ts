import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock, newId } from '#kernel';
import type { PackedFile } from './package/open-package.js';
import { SKILL_FILE, unpack } from './package/unpack.js';
import { skillsDirectory } from './skills.config.js';

/** Directories that are being filled. */
const INCOMING = '.incoming-';
/** No upload takes so long: what is older was left behind by a gateway that was killed. */
const INCOMING_MAX_MS = 3_600_000;

/** The files of skills: `<slug>/<revision>/` below the skills directory, never changed once they are there. */
@Injectable()
export class SkillFiles {
  private readonly logger = new Logger('Skills');

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Unpacks into a directory that nobody looks at, of the same file system. Give it to {@link place} or {@link discard}. */
  async stage(files: readonly PackedFile[]): Promise<string> {
    const root = skillsDirectory(this.config);
    await this.sweep(root);
    const staged = join(root, `${INCOMING}${newId()}`);
    await mkdir(staged, { recursive: true });
    try {
      await unpack(files, staged);
      return staged;
    } catch (error) {
      await this.discard(staged);
      throw error;
    }
  }

  /** Makes a staged directory the files of a revision, at once; `false` when that revision has files already. */
  async place(staged: string, path: string): Promise<boolean> {
    const target = this.directory(path);
    if (await exists(target)) return false;
    await mkdir(dirname(target), { recursive: true });
    await rename(staged, target);
    return true;
  }

  /** The text of a skill's SKILL.md; `undefined` when its files are gone. */
  async text(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.directory(path), SKILL_FILE), 'utf8');
    } catch (error) {
      this.logger.error(`the files of the skill ${path} cannot be read`, error);
      return undefined;
    }
  }

  /** Removes what was staged or placed in vain. Never throws. */
  async discard(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true }).catch((error: unknown) => {
      this.logger.warn(`${directory} could not be removed`, error);
    });
  }

  private async sweep(root: string): Promise<void> {
    const names = await readdir(root).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(INCOMING))) {
      const path = join(root, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts && this.clock.now() - facts.mtimeMs > INCOMING_MAX_MS) await this.discard(path);
    }
  }

  directory(path: string): string {
    return join(skillsDirectory(this.config), path);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
