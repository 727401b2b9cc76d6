import { Injectable } from '@nestjs/common';
import { type CacheName, CacheInvalidated, type DomainEvent, DomainEvents, SessionChanged } from '#bus';
import type { Caller } from '#contracts';
import { AuditLog, Changes, requireUserId } from '#permissions';
import { type OwnedObject, UserDataStore } from '#store';
import { ErasureError } from './erasure.errors.js';
import { UserRuns } from './user-runs.js';
import { UserWorkspaces } from './user-workspaces.js';

/** Where something of a user may be remembered. */
const CACHES_OF_USERS: readonly CacheName[] = ['agent', 'bootstrap', 'credentials', 'mcp', 'skills'];

/** What becomes of agents and skills of a user: nothing, then he is not erased; else they go, or get another owner. */
export type OwnedChoice = 'refuse' | 'delete' | { readonly transferTo: string };

export interface Erasure {
  readonly user_id: string;
  /** Removed rows by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** Removed directories of this replica. */
  readonly workspaces: number;
  /** What he owned and what became of it. */
  readonly owned: readonly OwnedObject[];
}

/** Removes everything of a user everywhere. What is left is that it was done: in the audit log. */
@Injectable()
export class UserErasure {
  constructor(
    private readonly data: UserDataStore,
    private readonly workspaces: UserWorkspaces,
    private readonly runs: UserRuns,
    private readonly changes: Changes,
    private readonly audit: AuditLog,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Safe to repeat; what was interrupted is finished by doing it again.
   * @throws IdentityError for a reserved id; ErasureError `owns-objects` with the list, `runs-going`
   */
  async erase(caller: Caller, userId: string, owned: OwnedChoice = 'refuse'): Promise<Erasure> {
    requireUserId(userId);
    const objects = await this.data.ownedObjects(userId);
    if (objects.length > 0 && owned === 'refuse') throw new ErasureError('owns-objects', userId, objects);
    try {
      // First the keys: while sockets of his are open, he can begin what is being removed.
      const removed = await this.data.eraseAccess(userId);
      this.events.publish(new CacheInvalidated('credentials'));
      await this.runs.stop(userId);
      const sessions = await this.data.sessionIds(userId);
      add(removed, await this.data.erase(userId));
      let workspaces = await this.workspaces.remove(userId);
      if (Object.keys(removed).length > 0) {
        await this.runs.settle(userId);
        add(removed, await this.data.erase(userId));
        workspaces += await this.workspaces.remove(userId);
      }
      const done = { user_id: userId, removed, workspaces, owned: objects };
      return await this.commit(caller, done, heirOf(owned), sessions);
    } catch (error) {
      this.audit.record(caller, {
        action: 'user.erase',
        outcome: 'failed',
        target: { type: 'user', id: userId },
        details: { error: error instanceof Error ? error.message : String(error) },
      });
      throw error;
    }
  }

  private commit(
    caller: Caller,
    done: Erasure,
    heir: string | undefined,
    sessions: readonly string[],
  ): Promise<Erasure> {
    const { user_id: id, removed, workspaces, owned } = done;
    return this.changes.commit(caller, async (tx) => {
      await this.data.settleOwned(tx, id, heir);
      return {
        action: 'user.erase',
        target: { type: 'user', id },
        details: {
          removed,
          workspaces,
          owned: owned.map(({ kind, name }) => `${kind}/${name}`),
          ...(heir !== undefined && { owned_by_now: heir }),
        },
        events: eventsFor(id, sessions),
        result: done,
      };
    });
  }
}

function heirOf(owned: OwnedChoice): string | undefined {
  return typeof owned === 'object' ? owned.transferTo : undefined;
}

/** Everything that anybody remembers of a user is forgotten, on every replica. */
function eventsFor(userId: string, sessions: readonly string[]): DomainEvent[] {
  return [
    ...sessions.map((id) => new SessionChanged(id)),
    ...CACHES_OF_USERS.map((cache) => new CacheInvalidated(cache)),
    new CacheInvalidated('sandboxes', userId),
  ];
}

function add(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [table, count] of Object.entries(more)) counts[table] = (counts[table] ?? 0) + count;
}
