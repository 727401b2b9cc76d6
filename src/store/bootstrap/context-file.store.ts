import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Database } from '../database/database.js';
import { type Queryable, statement } from '../database/statement.js';
import { toText } from '../jsonb.js';
import { StoreError } from '../store.errors.js';

/** Whose context files: the agent's, or one user's of it. */
export interface ContextFileOwner {
  readonly agentId: string;
  readonly userId?: string;
}

export interface ContextFileRow {
  readonly file_name: string;
  readonly content: string;
  readonly version: number;
  readonly updated_at: Date;
}

const OF_AGENT = statement(
  'context-files-of-agent',
  'SELECT file_name, content, version, updated_at FROM agent_context_files WHERE agent_id = $1 ORDER BY file_name',
);
const OF_USER = statement(
  'context-files-of-user',
  `SELECT file_name, content, version, updated_at FROM user_context_files
   WHERE agent_id = $1 AND user_id = $2 ORDER BY file_name`,
);

/** The texts that make an agent who it is: its own, and each user's. */
@Injectable()
export class ContextFileStore {
  constructor(private readonly database: Database) {}

  list(owner: ContextFileOwner, db: Queryable = this.scopeOf(owner)): Promise<ContextFileRow[]> {
    const { agentId, userId } = owner;
    return userId === undefined
      ? db.query(OF_AGENT, [agentId])
      : db.query(OF_USER, [agentId, toText(userId)]);
  }

  async find(
    owner: ContextFileOwner,
    name: string,
    db: Queryable = this.scopeOf(owner),
  ): Promise<ContextFileRow | undefined> {
    const { table, where, params } = tableOf(owner);
    const [row] = await db.query<ContextFileRow>(
      `SELECT file_name, content, version, updated_at FROM ${table} WHERE ${where} AND file_name = $${params.length + 1}`,
      [...params, name],
    );
    return row;
  }

  /** A user's files are read where no others are seen. */
  private scopeOf({ userId }: ContextFileOwner): Queryable {
    return userId === undefined ? this.database : this.database.as({ userId });
  }

  /** The file, kept from others until the transaction ends. @throws StoreError `stale` */
  async lock(
    tx: Queryable,
    owner: ContextFileOwner,
    name: string,
    version?: number,
  ): Promise<ContextFileRow | undefined> {
    const { table, where, params } = tableOf(owner);
    const [row] = await tx.query<ContextFileRow>(
      `SELECT file_name, content, version, updated_at FROM ${table}
       WHERE ${where} AND file_name = $${params.length + 1} FOR UPDATE`,
      [...params, name],
    );
    if (version !== undefined && version !== (row?.version ?? 0)) {
      throw new StoreError(
        'stale',
        `${name} was changed by somebody else (version ${row?.version ?? 0}, not ${version}). Read it again, then change it.`,
      );
    }
    return row;
  }

  async put(tx: Queryable, owner: ContextFileOwner, name: string, content: string): Promise<ContextFileRow> {
    const { table, columns, params } = tableOf(owner);
    const values = [newId(), ...params, name, toText(content)];
    const [row] = await tx.query<ContextFileRow>(
      `INSERT INTO ${table} AS f (id, ${columns.join(', ')}, file_name, content)
       VALUES (${values.map((_, index) => `$${index + 1}`).join(', ')})
       ON CONFLICT (${columns.join(', ')}, file_name) DO UPDATE
       SET content = excluded.content, version = f.version + 1, updated_at = now()
       RETURNING file_name, content, version, updated_at`,
      values,
    );
    if (!row) throw new TypeError('INSERT gave no row back.');
    return row;
  }

  /** Adds what is missing of these. */
  async seed(tx: Queryable, owner: ContextFileOwner, files: ReadonlyMap<string, string>): Promise<void> {
    const { table, columns, params } = tableOf(owner);
    for (const [name, content] of files) {
      const values = [newId(), ...params, name, toText(content)];
      await tx.query(
        `INSERT INTO ${table} (id, ${columns.join(', ')}, file_name, content)
         VALUES (${values.map((_, index) => `$${index + 1}`).join(', ')}) ON CONFLICT DO NOTHING`,
        values,
      );
    }
  }

  async remove(tx: Queryable, owner: ContextFileOwner, name: string): Promise<ContextFileRow | undefined> {
    const { table, where, params } = tableOf(owner);
    const [row] = await tx.query<ContextFileRow>(
      `DELETE FROM ${table} WHERE ${where} AND file_name = $${params.length + 1}
       RETURNING file_name, content, version, updated_at`,
      [...params, name],
    );
    return row;
  }
}

interface Table {
  readonly table: string;
  readonly columns: readonly string[];
  readonly where: string;
  readonly params: readonly unknown[];
}

function tableOf({ agentId, userId }: ContextFileOwner): Table {
  return userId === undefined
    ? { table: 'agent_context_files', columns: ['agent_id'], where: 'agent_id = $1', params: [agentId] }
    : {
        table: 'user_context_files',
        columns: ['agent_id', 'user_id'],
        where: 'agent_id = $1 AND user_id = $2',
        params: [agentId, toText(userId)],
      };
}
