import type { MarkedProcess } from './process-table.js';

/** The first process and the kernel's own: everything descends from them, so they say nothing about anybody. */
export const SYSTEM_PIDS_MAX = 2;

/** A family's first process, which leads its session and group. */
export interface FamilyRoot {
  readonly pid: number;
  readonly startedAt: number;
}

/**
 * Everything that one program started. A process is of it by its mark, by its parent, by its session or group, and stays
 * of it once it was seen to be: so one that left the group, lost its parent or cleared its environment is still found.
 * What is found is killed. So nothing is concluded from an id that is missing, or that the whole system shares.
 */
export class ProcessFamily {
  /** Process id → when it started: the id alone may have been given to another one since. */
  private known = new Map<number, number>();
  private alive: readonly MarkedProcess[] = [];
  private isRootTaken = false;

  constructor(
    readonly mark: string,
    /** Absent: only the mark is known. */
    readonly root?: FamilyRoot,
  ) {}

  get members(): readonly MarkedProcess[] {
    return this.alive;
  }

  get memoryPages(): number {
    return this.alive.reduce((sum, { memoryPages }) => sum + memoryPages, 0);
  }

  /** Finds the members among the processes there are. `spared` are none, nor is what only they would make one. */
  update(processes: readonly MarkedProcess[], spared: ReadonlySet<number>): void {
    const members = new Map<number, MarkedProcess>();
    this.isRootTaken ||= processes.some((one) => this.hasTakenRoot(one));
    const candidates = processes.filter(({ pid }) => pid > SYSTEM_PIDS_MAX && !spared.has(pid));
    let grew = true;
    while (grew) {
      grew = false;
      for (const one of candidates) {
        if (members.has(one.pid) || !this.isMember(one, members)) continue;
        members.set(one.pid, one);
        grew = true;
      }
    }
    this.known = new Map([...members.values()].map(({ pid, startedAt }) => [pid, startedAt]));
    this.alive = [...members.values()].filter(({ isZombie }) => !isZombie);
  }

  private isMember(one: MarkedProcess, members: ReadonlyMap<number, MarkedProcess>): boolean {
    if (this.known.get(one.pid) === one.startedAt) return true;
    if (one.mark === this.mark) return true;
    return this.isLedByRoot(one) || members.has(one.parent);
  }

  private isLedByRoot({ group, session }: MarkedProcess): boolean {
    if (!this.root || this.isRootTaken) return false;
    const { pid } = this.root;
    return pid > SYSTEM_PIDS_MAX && (group === pid || session === pid);
  }

  /** An id is given away again only when nobody is left in the group and the session that bear it. */
  private hasTakenRoot({ pid, startedAt }: MarkedProcess): boolean {
    return this.root !== undefined && pid === this.root.pid && startedAt !== this.root.startedAt;
  }
}
