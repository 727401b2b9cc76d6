import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { type Change, Changes, RecordError } from '#permissions';
import { ErrorCode } from '#protocol';
import { Conditions, isOutcomeUnknown, type Queryable, type SkillRow, SkillStore } from '#store';
import { openPackage } from './package/open-package.js';
import { readSkillMarkdown, type SkillMarkdown } from './package/skill-markdown.js';
import { readSkillText } from './package/unpack.js';
import { SkillFiles } from './skill-files.js';
import { mayChange } from './skill-rights.js';
import { showSkill, type SkillView } from './skill-view.js';

/** Packages that one gateway reads at the same time: each is in memory. */
const UPLOADS_MAX = 4;
const RETRY_AFTER_MS = 2_000;
/** Directories that an upload finds taken: left behind by uploads that did not come to their end. */
const ORPHANS_MAX = 1_000;

interface Staged {
  readonly markdown: SkillMarkdown;
  readonly archive: Buffer;
  /** Where the files are: moved by the first attempt of the transaction. */
  directory: string;
}

/** Takes packages in: a new skill, or the next revision of one. */
@Injectable()
export class SkillUpload {
  private uploads = 0;

  constructor(
    private readonly changes: Changes,
    private readonly store: SkillStore,
    private readonly files: SkillFiles,
  ) {}

  /**
   * @param read reads the package into memory, once there is room for it
   * @throws RecordError; AppError `RESOURCE_EXHAUSTED`
   */
  async upload(caller: Caller, read: () => Promise<Buffer>): Promise<SkillView> {
    if (this.uploads >= UPLOADS_MAX)
      throw new AppError(ErrorCode.RESOURCE_EXHAUSTED, 'Other uploads are under way. Try again shortly.', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    this.uploads += 1;
    try {
      return await this.take(caller, await read());
    } finally {
      this.uploads -= 1;
    }
  }

  private async take(caller: Caller, archive: Buffer): Promise<SkillView> {
    const files = await openPackage(archive);
    const markdown = readSkillMarkdown(await readSkillText(files));
    const staged: Staged = { markdown, archive, directory: await this.files.stage(files) };
    try {
      return showSkill(await this.changes.commit(caller, (tx) => this.keep(tx, caller, staged)));
    } catch (error) {
      // When nobody knows whether the row was committed, its files must be there; else the next upload steps over them.
      if (!isOutcomeUnknown(error)) await this.files.discard(staged.directory);
      throw error;
    }
  }

  private async keep(tx: Queryable, caller: Caller, staged: Staged): Promise<Change<SkillRow>> {
    const { name, slug, description, frontmatter } = staged.markdown;
    await this.store.lockSlug(tx, slug);
    const [seen] = await this.store.findBy(new Conditions().add("status = 'active' AND slug = ?", slug), tx);
    if (seen && !mayChange(caller, seen))
      throw new RecordError('taken', `The slug ${slug} is taken. Set another \`slug\` in SKILL.md.`, {
        param: 'file',
      });
    const { revision, path } = await this.place(staged, slug, (await this.store.lastRevision(tx, slug)) + 1);
    const columns = {
      name,
      description,
      frontmatter,
      revision,
      file_path: path,
      file_size: String(staged.archive.length),
      file_hash: createHash('sha256').update(staged.archive).digest('hex'),
    };
    const changed = seen && (await this.store.update(tx, seen.id, columns));
    const after =
      changed?.after ?? (await this.store.insert(tx, { ...columns, slug, owner_id: caller.userId }));
    return {
      action: changed ? 'skill.upload' : 'skill.create',
      target: { type: 'skill', id: after.id },
      ...(changed && { before: showSkill(changed.before) }),
      after: showSkill(after),
      events: [new CacheInvalidated('skills', after.id)],
      result: after,
    };
  }

  private async place(
    staged: Staged,
    slug: string,
    first: number,
  ): Promise<{ revision: number; path: string }> {
    for (let revision = first; revision < first + ORPHANS_MAX; revision++) {
      const path = `${slug}/${revision}`;
      if (await this.files.place(staged.directory, path)) {
        staged.directory = this.files.directory(path);
        return { revision, path };
      }
    }
    throw new RecordError(
      'precondition',
      `The directory of the skill ${slug} is full of files that belong to nobody.`,
    );
  }
}
