import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, RunFinished, SessionChanged } from '#bus';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { ExecConfig } from '../exec/exec.config.js';
import { BackgroundCommand } from './background-command.js';
import type { BackgroundOwner } from './background-owner.js';

/** Background commands of this gateway, of one user and of all. */
export const BACKGROUND_MAX_PER_USER = 32;
export const BACKGROUND_MAX = 256;
/** Commands that have ended and can still be read, of one session and of all. */
export const ENDED_KEPT_MAX_PER_SESSION = 8;
export const ENDED_KEPT_MAX = 256;
const IDLE_CHECK_MS = 30_000;
const MINUTE_MS = 60_000;
/** What the end of all may take; whoever stops after them still has to write what is left. */
const STOP_MAX_MS = 2_000;

/** What ends the commands of some. */
type CommandsEnd = CacheInvalidated | SessionChanged | RunFinished;

interface Owned {
  readonly owner: BackgroundOwner;
  readonly commands: Map<string, BackgroundCommand>;
  made: number;
}

/**
 * Commands that go on after their call. They end with their session (when it is reset or deleted), when nobody asks
 * about them any more, and with the gateway; those of a conversation that is not stored end with its run.
 */
@Injectable()
@EventsHandler(CacheInvalidated, SessionChanged, RunFinished)
export class BackgroundCommands implements IEventHandler<CommandsEnd>, OnApplicationShutdown {
  private readonly owned = new Map<string, Owned>();
  private cancelCheck: (() => void) | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Why an owner can have no further one, for the model; `undefined` when he can. */
  refusal(owner: BackgroundOwner): string | undefined {
    const running = this.list(owner).filter(({ end }) => !end).length;
    const max = this.settings.background_max;
    if (running >= max) {
      return `This session has ${running} background commands, and may have ${max}. End one with the process tool, or wait for this one without background.`;
    }
    const all = [...this.owned.values()].filter((owned) => owned.commands.size > 0);
    const own = all.filter((owned) => owned.owner.userId === owner.userId);
    if (runningOf(own) < BACKGROUND_MAX_PER_USER && runningOf(all) < BACKGROUND_MAX) return undefined;
    return 'This gateway has no room for a further background command. Run it without background, or try again later.';
  }

  /** A command that is about to start. Its output may come from now on. */
  create(owner: BackgroundOwner, command: string): BackgroundCommand {
    const owned = this.owned.get(owner.key) ?? {
      owner,
      commands: new Map<string, BackgroundCommand>(),
      made: 0,
    };
    this.owned.set(owner.key, owned);
    owned.made += 1;
    const made = new BackgroundCommand(`p${owned.made}`, command, this.clock.now(), new AbortController());
    owned.commands.set(made.id, made);
    this.forgetEnded(owned);
    this.checkSoon();
    return made;
  }

  /** It did not start, or its call has told all of it. */
  remove(owner: BackgroundOwner, id: string): void {
    this.owned.get(owner.key)?.commands.delete(id);
  }

  list(owner: BackgroundOwner): readonly BackgroundCommand[] {
    return [...(this.owned.get(owner.key)?.commands.values() ?? [])];
  }

  /** Somebody asks about it: it is not idle. */
  find(owner: BackgroundOwner, id: string): BackgroundCommand | undefined {
    const found = this.owned.get(owner.key)?.commands.get(id);
    if (found) found.touchedAt = this.clock.now();
    return found;
  }

  handle(event: CommandsEnd): void {
    void this.endWhere((owner) => isEndedBy(event, owner));
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelCheck?.();
    // One in a sandbox whose engine hangs ends with its sandbox.
    await Promise.race([this.endWhere(() => true), this.clock.wait(STOP_MAX_MS)]);
  }

  private async endWhere(matches: (owner: BackgroundOwner) => boolean): Promise<void> {
    const ending = [...this.owned.values()].filter(({ owner }) => matches(owner));
    for (const { owner } of ending) this.owned.delete(owner.key);
    await Promise.all(
      ending.flatMap(({ commands }) => [...commands.values()].map((command) => command.kill())),
    );
  }

  private get settings() {
    return this.config.get(ExecConfig).exec;
  }

  private checkSoon(): void {
    this.cancelCheck ??= this.clock.after(IDLE_CHECK_MS, () => {
      this.cancelCheck = undefined;
      this.endIdle();
      if (this.owned.size > 0) this.checkSoon();
    });
  }

  private endIdle(): void {
    const before = this.clock.now() - this.settings.background_idle_min * MINUTE_MS;
    for (const [key, { commands }] of this.owned) {
      for (const command of commands.values()) {
        if (command.touchedAt >= before) continue;
        if (command.end) commands.delete(command.id);
        else void command.kill();
      }
      if (commands.size === 0) this.owned.delete(key);
    }
  }

  private forgetEnded(owned: Owned): void {
    forgetOldest([owned], ENDED_KEPT_MAX_PER_SESSION);
    forgetOldest([...this.owned.values()], ENDED_KEPT_MAX);
  }
}

/** The conversation began anew, the run that they belong to has ended, or the user was erased. */
function isEndedBy(event: CommandsEnd, { userId, sessionId, runId }: BackgroundOwner): boolean {
  if (event instanceof SessionChanged) return sessionId === event.sessionId;
  if (event instanceof RunFinished) return sessionId === undefined && runId === event.runId;
  return event.cache === 'sandboxes' && userId === event.key;
}

function runningOf(all: readonly Owned[]): number {
  return all.reduce((sum, { commands }) => sum + [...commands.values()].filter(({ end }) => !end).length, 0);
}

function forgetOldest(all: readonly Owned[], keep: number): void {
  const ended = all
    .flatMap(({ commands }) => [...commands.values()].map((command) => ({ commands, command })))
    .filter(({ command }) => command.end)
    .toSorted((a, b) => (a.command.endedAt ?? 0) - (b.command.endedAt ?? 0));
  for (const { commands, command } of ended.slice(0, Math.max(0, ended.length - keep)))
    commands.delete(command.id);
}
