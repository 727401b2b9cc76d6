import { Injectable } from '@nestjs/common';
import { opendir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UserDataStore } from '#store';
import { UserWorkspaces } from './user-workspaces.js';

/** One line of an export. */
export interface ExportLine {
  /** The table, `workspace_files`, or `export` for the first and the last line. */
  readonly table: string;
  readonly row: object;
}

/** Everything that there is of a user, to be handed to him. */
@Injectable()
export class UserExport {
  constructor(
    private readonly data: UserDataStore,
    private readonly workspaces: UserWorkspaces,
  ) {}

  /** Begins and ends with a line of its own: without the last one it was cut off. */
  async *lines(userId: string): AsyncGenerator<ExportLine> {
    let count = 0;
    yield { table: 'export', row: { user_id: userId, begun_at: new Date().toISOString() } };
    for await (const line of this.data.rows(userId)) {
      count += 1;
      yield line;
    }
    for (const directory of await this.workspaces.of(userId)) {
      for await (const row of filesOf(directory)) {
        count += 1;
        yield { table: 'workspace_files', row };
      }
    }
    yield { table: 'export', row: { user_id: userId, ended_at: new Date().toISOString(), rows: count } };
  }
}

/** Names, sizes and times: what is in them is copied from the disk. */
async function* filesOf(directory: string): AsyncGenerator<object> {
  const entries = await opendir(directory, { recursive: true }).catch(() => undefined);
  if (!entries) return;
  for await (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(() => undefined);
    if (found)
      yield { directory, path: relative(directory, path), bytes: found.size, changed_at: found.mtime };
  }
}
