import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated } from '#bus';
import { CommandError, type Sandbox, type SandboxTerms } from '#contracts';
import { Clock } from '#kernel';
import type { ContainerSandbox } from './container/container-sandbox.js';
import { watchDisk } from './disk-watch.js';
import { mountedDirectory } from './mounted-directory.js';
import { sandboxKey } from './sandbox-key.js';
import { Leftovers } from './leftovers.js';
import { SandboxMaker } from './sandbox-maker.js';
import type { SandboxOwner } from './sandbox-owner.js';

/** Of this gateway. Each is a container: memory, and a place in the engine's tables. */
export const SANDBOXES_MAX = 200;
/** So nobody takes the places of the others. */
export const SANDBOXES_PER_USER_MAX = 16;
const STOP_TIMEOUT_MS = 5_000;

interface Entry {
  readonly userId: string;
  readonly terms: SandboxTerms;
  readonly made: Promise<ContainerSandbox>;
  /** Absent while it is made. */
  sandbox?: ContainerSandbox;
}

/** The sandboxes of this gateway. */
@Injectable()
@EventsHandler(CacheInvalidated)
export class Sandboxes implements OnModuleDestroy, IEventHandler<CacheInvalidated> {
  private readonly entries = new Map<string, Entry>();
  private isStopping = false;

  constructor(
    private readonly maker: SandboxMaker,
    private readonly leftovers: Leftovers,
    private readonly clock: Clock,
  ) {}

  /**
   * The sandbox of whoever shares one with `owner` under these terms; made when there is none yet. `workspaceRoot` is
   * the host's directory that is seen at /workspace, where the terms give access to it; made when it is missing. Ask
   * for it before each use: it may be gone.
   * @throws CommandError that tells the model what to do
   */
  async open(
    terms: SandboxTerms,
    owner: SandboxOwner,
    workspaceRoot: string,
    signal: AbortSignal,
  ): Promise<Sandbox> {
    const directory = await mountedDirectory(workspaceRoot);
    const key = sandboxKey(terms, owner, directory.identity);
    const known = this.entries.get(key);
    if (known?.sandbox && !known.sandbox.isThere) this.entries.delete(key);
    const entry = this.entries.get(key) ?? this.add(key, terms, owner, directory.path);
    const sandbox = await orAborted(entry.made, signal);
    sandbox.touch();
    return sandbox;
  }

  /** Of a user who is erased, nothing may be left. */
  async handle({ cache, key: userId }: CacheInvalidated): Promise<void> {
    if (cache !== 'sandboxes' || userId === undefined) return;
    const his = [...this.entries].filter(([, entry]) => entry.userId === userId);
    await Promise.all(his.map(([key]) => this.remove(key)));
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    const removed = Promise.all([...this.entries.keys()].map((key) => this.remove(key)));
    // An engine that hangs does not hold up the stop: what is left ends with this process.
    await Promise.race([removed, this.clock.wait(STOP_TIMEOUT_MS)]);
  }

  private add(key: string, terms: SandboxTerms, owner: SandboxOwner, workspaceRoot: string): Entry {
    if (this.isStopping)
      throw new CommandError('unavailable', 'The gateway is about to stop; try again in a moment.');
    this.makeRoom(owner.userId);
    if (this.entries.size === 0) void this.leftovers.remove();
    const made = this.maker.make(terms, key, workspaceRoot);
    const entry: Entry = { userId: owner.userId, terms, made };
    this.entries.set(key, entry);
    void this.follow(key, entry, workspaceRoot);
    return entry;
  }

  /** From when it is asked for until it is gone: the disk that it writes to, and whether it is spent. */
  private async follow(key: string, entry: Entry, workspaceRoot: string): Promise<void> {
    try {
      const sandbox = await entry.made;
      entry.sandbox = sandbox;
      const unwatch =
        entry.terms.workspaceAccess === 'rw' ? watchDisk(sandbox, workspaceRoot, this.clock) : undefined;
      const unprune = this.prune(key, entry, sandbox);
      await sandbox.gone;
      unprune();
      unwatch?.();
    } catch {
      // Whoever asked for it was told.
    } finally {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    }
  }

  /** Returns what ends it. */
  private prune(key: string, entry: Entry, sandbox: ContainerSandbox): () => void {
    const { pruneIntervalMs } = entry.terms;
    const look = (): void => {
      if (this.isSpent(entry, sandbox)) void this.remove(key);
      else cancel = this.clock.after(pruneIntervalMs, look);
      void this.leftovers.remove();
    };
    let cancel = this.clock.after(pruneIntervalMs, look);
    return () => cancel();
  }

  private isSpent({ terms }: Entry, sandbox: ContainerSandbox): boolean {
    if (sandbox.isBusy) return false;
    const now = this.clock.monotonic();
    if (terms.idleMs > 0 && now - sandbox.idleSince >= terms.idleMs) return true;
    return terms.maxAgeMs > 0 && now - sandbox.madeAt >= terms.maxAgeMs;
  }

  /** A new sandbox takes the place of the one that was idle longest: of the user's own, then of all. */
  private makeRoom(userId: string): void {
    const own = [...this.entries].filter(([, entry]) => entry.userId === userId);
    if (own.length >= SANDBOXES_PER_USER_MAX) this.removeIdlest(own, 'You have', SANDBOXES_PER_USER_MAX);
    const all = [...this.entries];
    if (all.length >= SANDBOXES_MAX) this.removeIdlest(all, 'This gateway has', SANDBOXES_MAX);
  }

  private removeIdlest(among: readonly (readonly [string, Entry])[], whose: string, most: number): void {
    const idle = among.flatMap(([key, { sandbox }]) =>
      sandbox && !sandbox.isBusy ? [{ key, sandbox }] : [],
    );
    const [idlest] = idle.toSorted((one, other) => one.sandbox.idleSince - other.sandbox.idleSince);
    if (!idlest)
      throw new CommandError('limit', `${whose} ${most} sandboxes at work; wait until commands have ended.`);
    void this.remove(idlest.key);
  }

  /** Waits for one that is being made. */
  private async remove(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    const sandbox = await entry?.made.catch(() => undefined);
    await sandbox?.close();
  }
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(new CommandError('failed', 'It was stopped before it began.'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
