import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { Conditions } from '../listing/conditions.js';
import { type RecordRow, RecordTable } from '../records/record-table.js';

export type SkillVisibility = 'private' | 'internal' | 'public';

export interface SkillRow extends RecordRow {
  readonly name: string;
  readonly slug: string;
  readonly description: string | null;
  readonly owner_id: string;
  readonly visibility: SkillVisibility;
  /** Of its files; `version` is the row's. */
  readonly revision: number;
  readonly status: 'active' | 'archived';
  readonly frontmatter: Readonly<Record<string, unknown>>;
  /** Below the skills directory. */
  readonly file_path: string;
  readonly file_size: string;
  readonly file_hash: string | null;
  readonly tags: readonly string[];
}

/** Whom a list or a look is for; `undefined`: everything. */
export type SkillReader = string | undefined;

/** Skills that were uploaded. */
@Injectable()
export class SkillStore extends RecordTable<SkillRow> {
  constructor(database: Database) {
    super(database, {
      table: 'skills',
      columns: {
        name: 'value',
        slug: 'value',
        description: 'value',
        owner_id: 'value',
        visibility: 'value',
        revision: 'value',
        status: 'value',
        frontmatter: 'jsonb',
        file_path: 'value',
        file_size: 'value',
        file_hash: 'value',
        tags: 'value',
      },
      sorts: {
        name: { sql: 'name', type: 'text' },
        slug: { sql: 'slug', type: 'text' },
        created_at: { sql: 'created_at', type: 'timestamptz' },
        updated_at: { sql: 'updated_at', type: 'timestamptz' },
      },
    });
  }

  /** The skills that a user may see: public ones, their own, those granted to them. */
  static visibleTo(reader: SkillReader): Conditions {
    const conditions = new Conditions();
    if (reader === undefined) return conditions;
    return conditions.add(
      `visibility = 'public' OR owner_id = ?
       OR (visibility = 'internal' AND EXISTS (SELECT 1 FROM skill_user_grants g WHERE g.skill_id = skills.id AND g.user_id = ?))`,
      reader,
      reader,
    );
  }

  /** Keeps other uploads of the slug waiting until the transaction ends. */
  async lockSlug(tx: Queryable, slug: string): Promise<void> {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('skill:' || $1, 0))", [slug]);
  }

  /** The highest revision that a slug ever had, archived ones too: their directories are still there. */
  async lastRevision(tx: Queryable, slug: string): Promise<number> {
    const [row] = await tx.query<{ last: number | null }>(
      'SELECT max(revision)::int AS last FROM skills WHERE slug = $1',
      [slug],
    );
    return row?.last ?? 0;
  }
}
