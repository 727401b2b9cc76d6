import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { Changes } from '#permissions';
import { type ContextFileOwner, type ContextFileRow, ContextFileStore, type Queryable } from '#store';
import type { ContextFile, FilePlace, Reader } from './context-file.js';
import { ALLOWED_FILES, CONTEXT_FILES, USER_FILE } from './context-file-names.js';
import { ContextFileSource } from './context-file-source.js';
import { templates } from './templates/templates.js';

/** Context files in rows: an agent's own, and each user's. */
@Injectable()
export class DatabaseContextFiles extends ContextFileSource {
  override readonly isCacheable = true;

  constructor(
    private readonly store: ContextFileStore,
    private readonly changes: Changes,
  ) {
    super();
  }

  /** Of an open agent, the user's files hide the agent's; of a predefined one, USER.md alone is the user's. */
  override async load({ agent, caller }: Reader): Promise<readonly ContextFile[]> {
    const [ofAgent, ofUser] = await Promise.all([
      this.store.list({ agentId: agent.id }),
      this.store.list({ agentId: agent.id, userId: caller.userId }),
    ]);
    const files = new Map(ofAgent.map((row) => [row.file_name, row]));
    for (const row of ofUser) {
      if (agent.type === 'open' || row.file_name === USER_FILE) files.set(row.file_name, row);
    }
    return CONTEXT_FILES.flatMap((name) => {
      const row = files.get(name);
      return row ? [toFile(row)] : [];
    });
  }

  /** Files that the agent has of its own are not hidden by templates. */
  override async welcome(tx: Queryable, { agent, caller }: Reader): Promise<void> {
    const own = new Set((await this.store.list({ agentId: agent.id }, tx)).map((row) => row.file_name));
    const all = [...templates()].filter(([name]) => agent.type === 'open' || name === USER_FILE);
    const missing = all.filter(([name]) => name === USER_FILE || !own.has(name));
    await this.store.seed(tx, { agentId: agent.id, userId: caller.userId }, new Map(missing));
  }

  override async list(place: FilePlace): Promise<readonly ContextFile[]> {
    const rows = await this.store.list(ownerOf(place));
    const order = (name: string): number => ALLOWED_FILES.indexOf(name);
    return rows.toSorted((a, b) => order(a.file_name) - order(b.file_name)).map(toFile);
  }

  override async find(place: FilePlace, name: string): Promise<ContextFile | undefined> {
    const row = await this.store.find(ownerOf(place), name);
    return row && toFile(row);
  }

  override write(
    caller: Caller,
    place: FilePlace,
    name: string,
    content: string,
    version?: number,
  ): Promise<ContextFile> {
    const owner = ownerOf(place);
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.lock(tx, owner, name, version);
      const row = await this.store.put(tx, owner, name, content);
      return {
        ...described('agent.file.set', place, name),
        ...(before && { before: shown(before) }),
        after: shown(row),
        result: toFile(row),
      };
    });
  }

  override remove(caller: Caller, place: FilePlace, name: string, version?: number): Promise<boolean> {
    const owner = ownerOf(place);
    return this.changes.commit(caller, async (tx) => {
      const before = await this.store.lock(tx, owner, name, version);
      if (before) await this.store.remove(tx, owner, name);
      return {
        ...described('agent.file.delete', place, name),
        ...(before && { before: shown(before) }),
        result: before !== undefined,
      };
    });
  }
}

function ownerOf({ agent, userId }: FilePlace): ContextFileOwner {
  return { agentId: agent.id, ...(userId !== undefined && { userId }) };
}

function toFile({ file_name: name, content, version, updated_at: updatedAt }: ContextFileRow): ContextFile {
  return { name, content, version, updatedAt };
}

/** The audit log keeps that a file changed, and how long it was: not what people wrote about themselves. */
function shown({ version, content }: ContextFileRow): object {
  return { version, chars: content.length };
}

function described(
  action: string,
  { agent, userId }: FilePlace,
  name: string,
): {
  action: string;
  target: { type: string; id: string };
  details: object;
  events: readonly CacheInvalidated[];
} {
  return {
    action,
    target: { type: 'agent', id: agent.id },
    details: { agent_key: agent.key, name, ...(userId !== undefined && { user_id: userId }) },
    events: [new CacheInvalidated('bootstrap', agent.id)],
  };
}
