import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { badField, Changes, RecordAdmin } from '#permissions';
import { type Page, type PageRequest, type SkillRow, SkillStore, type SkillVisibility } from '#store';
import { bodyOf } from './package/skill-markdown.js';
import { SkillFiles } from './skill-files.js';
import { mayChange, noSkill, requireOwner, requirePublisher, visibleTo } from './skill-rights.js';
import { showSkill, type SkillView } from './skill-view.js';

export const SKILL_STATUSES = ['active', 'archived'] as const;
export const SKILL_VISIBILITIES = ['private', 'internal', 'public'] as const;

/** What is set of a skill; the rest comes with its files. */
export interface SkillInput {
  readonly name?: string;
  readonly description?: string | null;
  readonly visibility?: SkillVisibility;
  readonly status?: 'active' | 'archived';
  readonly tags?: readonly string[] | null;
}

export interface SkillFilter {
  readonly status: 'active' | 'archived';
  readonly visibility?: SkillVisibility;
}

/** The skills of the database. Everybody sees public ones, their own and those given to them; an admin sees all. */
@Injectable()
export class Skills {
  private readonly records: RecordAdmin<SkillRow, SkillInput>;

  constructor(
    changes: Changes,
    private readonly store: SkillStore,
    private readonly files: SkillFiles,
  ) {
    this.records = new RecordAdmin(changes, {
      type: 'skill',
      noun: 'skill',
      table: store,
      show: showSkill,
      write: (input) => columnsOf(input),
      events: ({ id }) => [new CacheInvalidated('skills', id)],
    });
  }

  async page(
    caller: Caller,
    { status, visibility }: SkillFilter,
    request: PageRequest,
  ): Promise<Page<SkillView>> {
    const conditions = visibleTo(caller).add('status = ?', status).addIf('visibility = ?', visibility);
    // Who may not change an archived skill has no use for it.
    if (status === 'archived' && caller.role !== 'admin') conditions.add('owner_id = ?', caller.userId);
    const page = await this.store.page(conditions, request);
    return { ...page, items: page.items.map(showSkill) };
  }

  /** All active ones that the caller may see, by name. */
  async all(caller: Caller): Promise<SkillView[]> {
    const rows = await this.store.findBy(visibleTo(caller).add("status = 'active'"));
    return rows.map(showSkill).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async get(caller: Caller, name: string): Promise<SkillView> {
    return showSkill(await this.visible(caller, name));
  }

  /** With the text of its SKILL.md, without the frontmatter. */
  async read(caller: Caller, name: string): Promise<SkillView & { readonly content: string }> {
    const row = await this.visible(caller, name);
    const text = await this.files.text(row.file_path);
    const content = text === undefined ? '' : bodyOf(text).replaceAll('{baseDir}', row.file_path);
    return { ...showSkill(row), content };
  }

  /** @throws RecordError `forbidden` when the skill is somebody else's */
  async update(caller: Caller, name: string, input: SkillInput, version?: number): Promise<SkillView> {
    const row = await this.visible(caller, name);
    requireOwner(caller, row);
    if (input.visibility === 'public' && row.visibility !== 'public') requirePublisher(caller);
    return showSkill(await this.records.update(caller, row.id, input, version));
  }

  /** Takes it out of use; its files stay. */
  archive(caller: Caller, name: string, version?: number): Promise<SkillView> {
    return this.update(caller, name, { status: 'archived' }, version);
  }

  /** By slug, id or name. @throws RecordError `not-found`, also for what the caller may not see */
  async visible(caller: Caller, name: string): Promise<SkillRow> {
    if (isUuid(name)) {
      const [row] = await this.store.findBy(visibleTo(caller).add('id = ?', name));
      if (row && (row.status === 'active' || mayChange(caller, row))) return row;
      throw noSkill(name);
    }
    const named = visibleTo(caller).add("status = 'active' AND (slug = ? OR name = ?)", name, name);
    const rows = await this.store.findBy(named);
    const row = rows.find(({ slug }) => slug === name) ?? rows[0];
    if (!row) throw noSkill(name);
    return row;
  }
}

function columnsOf({ name, description, visibility, status, tags }: SkillInput) {
  if (name === '') throw badField('name', 'must not be empty');
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(visibility !== undefined && { visibility }),
    ...(status !== undefined && { status }),
    ...(tags !== undefined && { tags: tags ?? [] }),
  };
}
