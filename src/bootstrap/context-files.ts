import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { CacheInvalidated, CachesStale } from '#bus';
import type { Caller } from '#contracts';
import type { ContextFile, FilePlace, Reader } from './context-file.js';
import { ContextFileSource } from './context-file-source.js';
import type { ContextLimits } from './context-limits.js';
import { contextsOf, type ProjectContexts } from './project-context.js';
import { requireFileName, requireFileSize } from './require-file.js';
import { UserProfiles } from './user-profiles.js';

/** Characters of context that are remembered. */
const CACHE_MAX_CHARS = 16 * 1024 * 1024;
const CACHE_TTL_MS = 5 * 60_000;
/** Counted for every entry besides its text. */
const ENTRY_OVERHEAD_CHARS = 500;

/** The context files of agents and their users: for prompts, and for people who edit them. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class ContextFiles implements IEventHandler<CacheInvalidated | CachesStale> {
  private readonly contexts = new LRUCache<string, ProjectContexts>({
    maxSize: CACHE_MAX_CHARS,
    sizeCalculation: ({ full, minimal }) => full.text.length + minimal.text.length + ENTRY_OVERHEAD_CHARS,
    ttl: CACHE_TTL_MS,
  });
  /** Raised whenever something is dropped: what was read before must not be remembered after it. */
  private drops = 0;

  constructor(
    private readonly source: ContextFileSource,
    private readonly profiles: UserProfiles,
  ) {}

  /** What a run's prompt is given. The reader's own files are made when there are none yet. */
  async forRun(reader: Reader, limits: ContextLimits): Promise<ProjectContexts> {
    const { agent, caller } = reader;
    const key = `${agent.id}\0${agent.type}\0${limits.fileMaxChars}\0${limits.totalMaxChars}\0${caller.userId}`;
    const known = this.contexts.get(key);
    if (known) return known;
    await this.profiles.meet(reader);
    const { drops } = this;
    const contexts = contextsOf(await this.source.load(reader), limits);
    if (this.source.isCacheable && drops === this.drops) this.contexts.set(key, contexts);
    return contexts;
  }

  /** Notes that the reader is here; the first time its own files are made. */
  greet(reader: Reader): Promise<void> {
    return this.profiles.meet(reader);
  }

  list(place: FilePlace): Promise<readonly ContextFile[]> {
    return this.source.list(place);
  }

  /** @throws BootstrapError `unknown-file` */
  async find(place: FilePlace, name: string): Promise<ContextFile | undefined> {
    requireFileName(name);
    return this.source.find(place, name);
  }

  /** @throws BootstrapError `unknown-file`, `too-large`; StoreError `stale` */
  async write(
    caller: Caller,
    place: FilePlace,
    name: string,
    content: string,
    version?: number,
  ): Promise<ContextFile> {
    requireFileName(name);
    requireFileSize(name, content);
    return this.source.write(caller, place, name, content, version);
  }

  /** `false`: it was not there. @throws BootstrapError `unknown-file`; StoreError `stale` */
  async remove(caller: Caller, place: FilePlace, name: string, version?: number): Promise<boolean> {
    requireFileName(name);
    return this.source.remove(caller, place, name, version);
  }

  handle(event: CacheInvalidated | CachesStale): void {
    if (event instanceof CacheInvalidated && event.cache !== 'bootstrap' && event.cache !== 'agent') return;
    const agentId = event instanceof CacheInvalidated ? event.key : undefined;
    this.drops += 1;
    if (agentId === undefined) {
      this.profiles.forget();
      return this.contexts.clear();
    }
    for (const key of this.contexts.keys()) if (key.startsWith(`${agentId}\0`)) this.contexts.delete(key);
  }
}
