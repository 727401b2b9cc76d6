import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ownEnvironment } from '#config';
import { Clock, newId } from '#kernel';
import { isAlive, MARK_VARIABLE, markOf, type MarkOwner, ownerOf, ownMark } from './process-mark.js';
import { type FamilyRoot, ProcessFamily, SYSTEM_PIDS_MAX } from './process-family.js';
import { readStat } from './process-stat.js';
import { type MarkedProcess, ProcessTable } from './process-table.js';
import {
  KILL_PAUSE_MS,
  KILL_ROUNDS_MAX,
  QUIET_WATCH_INTERVAL_MS,
  WATCH_INTERVAL_MS,
} from './processes.limits.js';
import { StartTurns } from './start-turns.js';

/** Told of a program's processes whenever they were counted. */
export type FamilyWatcher = (family: ProcessFamily) => void;

/**
 * The processes that commands and MCP servers on this host have started. They are looked for in the kernel's table while
 * those run: a group of processes is not enough, because whoever wants to leaves it.
 */
@Injectable()
export class HostProcesses implements OnModuleInit, OnApplicationShutdown {
  /** For whoever starts one. */
  readonly starts = new StartTurns();
  private readonly logger = new Logger('Processes');
  private readonly table = new ProcessTable();
  private readonly owner: MarkOwner | undefined = ownMark();
  private readonly families = new Map<ProcessFamily, FamilyWatcher | undefined>();
  private scanning: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private nextWatch: { readonly inMs: number; cancel(): void } | undefined;
  private readonly onExit = (): void => this.killGroups();

  constructor(private readonly clock: Clock) {}

  /** What a gateway that was killed has left running ends now: nobody waits for it any more. */
  async onModuleInit(): Promise<void> {
    process.on('exit', this.onExit);
    if (this.owner) await this.endLeftovers(this.owner);
  }

  /** Everything that runs ends with the gateway. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.families.keys()].map((family) => this.end(family)));
    this.nextWatch?.cancel();
    this.nextWatch = undefined;
    process.off('exit', this.onExit);
  }

  /** A mark for a new program's environment. */
  newMark(): string {
    return this.owner ? markOf(this.owner, newId()) : newId();
  }

  /** From now on the processes of a program, which was just started and leads a group of its own, are its family. */
  add(pid: number, mark: string, watcher?: FamilyWatcher): ProcessFamily {
    const family = new ProcessFamily(mark, { pid, startedAt: readStat(pid)?.startedAt ?? 0 });
    this.families.set(family, watcher);
    this.watchSoon();
    return family;
  }

  /**
   * Kills every process of a family, also those that are started meanwhile, and forgets it. Resolves with how many
   * there were when none is left.
   */
  async end(family: ProcessFamily): Promise<number> {
    const seen = new Set<number>();
    // Without a table there is nothing but the group.
    if (!this.owner && family.root) signalGroup(family.root.pid, 'SIGKILL');
    for (let round = 0; round < KILL_ROUNDS_MAX; round += 1) {
      await this.freshScan();
      if (family.members.length === 0) break;
      for (const one of family.members) seen.add(one.pid);
      killEach(family.members);
      await this.clock.wait(KILL_PAUSE_MS);
    }
    if (family.members.length > 0) {
      this.logger.error(`${family.members.length} processes of a program could not be ended: ${family.mark}`);
    }
    this.families.delete(family);
    return seen.size;
  }

  /** Ends the commands of gateways that are no more. */
  private async endLeftovers(own: MarkOwner): Promise<void> {
    const orphans = new Map<string, ProcessFamily>();
    for (const { mark } of await this.table.read()) {
      const owner = mark === undefined ? undefined : ownerOf(mark);
      // A gateway that some program has started has that one's mark itself.
      if (mark === undefined || mark === ownEnvironment()[MARK_VARIABLE]) continue;
      if (!owner || owner.namespace !== own.namespace || isAlive(owner)) continue;
      const family = orphans.get(mark) ?? new ProcessFamily(mark);
      orphans.set(mark, family);
    }
    for (const family of orphans.values()) this.families.set(family, undefined);
    const counts = await Promise.all([...orphans.values()].map((family) => this.end(family)));
    const ended = counts.reduce((sum, count) => sum + count, 0);
    if (ended > 0)
      this.logger.warn(
        `${ended} processes of commands and MCP servers were left by a gateway that was killed; they are ended`,
      );
  }

  private watchSoon(): void {
    const isCounted = [...this.families.values()].some((watcher) => watcher !== undefined);
    const inMs = isCounted ? WATCH_INTERVAL_MS : QUIET_WATCH_INTERVAL_MS;
    if (this.nextWatch && this.nextWatch.inMs <= inMs) return;
    this.nextWatch?.cancel();
    this.nextWatch = { inMs, cancel: this.clock.after(inMs, () => void this.watch()) };
  }

  private async watch(): Promise<void> {
    this.nextWatch = undefined;
    await this.freshScan();
    for (const [family, watcher] of this.families) watcher?.(family);
    if (this.families.size > 0) this.watchSoon();
  }

  /** A scan that begins after this call; whoever asks while one goes shares the next one. */
  private freshScan(): Promise<void> {
    if (!this.scanning) return this.startScan();
    this.next ??= this.scanning.then(() => {
      this.next = undefined;
      return this.startScan();
    });
    return this.next;
  }

  private startScan(): Promise<void> {
    this.scanning = this.scan().finally(() => {
      this.scanning = undefined;
    });
    return this.scanning;
  }

  private async scan(): Promise<void> {
    const processes = await this.table.read();
    const ours = new Set<number>([process.pid]);
    const spared = ownLine();
    for (const family of this.families.keys()) {
      family.update(processes, spared);
      for (const { pid } of family.members) ours.add(pid);
    }
    // A child of this process may be a program that is only being started: it gets its mark yet.
    const strangers = processes.filter(({ pid, parent }) => !ours.has(pid) && parent !== process.pid);
    this.table.ignore(
      strangers.filter(({ isZombie, mark }) => !isZombie && mark === undefined).map(({ pid }) => pid),
    );
  }

  /** When the process ends at once, there is no time to look for anything. */
  private killGroups(): void {
    for (const { root, members } of this.families.keys()) {
      // Without a table nobody can tell whether the id is still the root's.
      if (root && (!this.owner || isStill(root))) signalGroup(root.pid, 'SIGKILL');
      killEach(members);
    }
  }
}

/** A group at once: of a bomb, one process at a time would always leave some. */
function killEach(members: readonly MarkedProcess[]): void {
  // Looked at once more, right before: since the table was read an id may have been given to a stranger.
  const there = members.filter(isStill);
  const pids = new Set(there.map(({ pid }) => pid));
  for (const group of new Set(there.map((one) => one.group)))
    if (pids.has(group)) signalGroup(group, 'SIGKILL');
  for (const pid of pids) signal(pid, 'SIGKILL');
}

function isStill({ pid, startedAt }: FamilyRoot): boolean {
  return readStat(pid)?.startedAt === startedAt;
}

/** This process and those that it comes from: none of them was started from here. */
function ownLine(): ReadonlySet<number> {
  const line = new Set<number>();
  let pid = process.pid;
  while (pid > 0 && !line.has(pid)) {
    line.add(pid);
    pid = readStat(pid)?.parent ?? 0;
  }
  return line;
}

/** A group that its own leader, a member, leads. 0 would be our own group, 1 every process there is. */
function signalGroup(group: number, name: NodeJS.Signals): void {
  if (group > SYSTEM_PIDS_MAX) signal(-group, name);
}

function signal(target: number, name: NodeJS.Signals): void {
  if (Math.abs(target) <= SYSTEM_PIDS_MAX || target === process.pid) return;
  try {
    process.kill(target, name);
  } catch {
    // It has ended meanwhile.
  }
}
