import type { SkillRow, SkillVisibility } from '#store';

/** A skill as it is shown. */
export interface SkillView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly source: 'managed';
  /** Of its SKILL.md, below the skills directory. */
  readonly path: string;
  readonly baseDir: string;
  /** Of its files: an upload raises it. */
  readonly version: number;
  readonly visibility: SkillVisibility;
  readonly status: 'active' | 'archived';
  readonly owner_id: string;
  readonly tags: readonly string[];
  /** Bytes of the uploaded package. */
  readonly file_size: number;
  /** SHA-256 of the uploaded package, in hex. */
  readonly file_hash?: string;
  /** Of the record: every change raises it. Its ETag. */
  readonly record_version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export function showSkill(row: SkillRow): SkillView {
  const { id, slug, name, description, visibility, status, owner_id, tags, file_hash, file_path } = row;
  return {
    id,
    slug,
    name,
    description: description ?? '',
    source: 'managed',
    path: `${file_path}/SKILL.md`,
    baseDir: file_path,
    version: row.revision,
    visibility,
    status,
    owner_id,
    tags,
    file_size: Number(row.file_size),
    ...(file_hash !== null && { file_hash }),
    record_version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
