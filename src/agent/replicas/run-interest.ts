import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Clock } from '#kernel';
import { Notifications, Replicas } from '#store';
import type { LoggedRun } from '../runs/log-buffer.js';

/** Runs whose events somebody wants: those of a user, one run, or all. */
export type InterestTopic = `user:${string}` | `run:${string}` | 'all';

/** How often it is looked whether there is a new replica to tell. */
const LOOK_INTERVAL_MS = 1_000;
/** Everything is told again at this interval, and forgotten when it was not told again for three of them. */
const REFRESH_INTERVAL_MS = 30_000;
const FORGET_AFTER_MS = 3 * REFRESH_INTERVAL_MS;
/** Digests of one message. */
const MESSAGE_MAX_DIGESTS = 500;
/** Enough to make a mix-up rare; one only costs a notification that nobody needs. */
const DIGEST_CHARS = 12;

/**
 * What the clients of each replica want to hear of runs. Replicas tell each other, as digests, so that whoever
 * executes a run knows whether anybody else needs its events: mostly nobody does.
 */
@Injectable()
export class RunInterest implements OnModuleInit, OnModuleDestroy {
  /** Own topics, and how many want each. */
  private readonly own = new Map<string, number>();
  /** Topics of others, and until when each of them wants it (monotonic ms). */
  private readonly others = new Map<string, Map<string, number>>();
  private readonly digests = new WeakMap<LoggedRun, readonly string[]>();
  private readonly ends: (() => void)[] = [];
  private cancelLook: (() => void) | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;
  private hadPeers = false;

  constructor(
    private readonly notifications: Notifications,
    private readonly replicas: Replicas,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.ends.push(
      this.notifications.subscribe('interest', (message, from) => this.hear(message, from)),
      this.notifications.onGap(() => this.introduce()),
    );
    this.lookAgain();
  }

  onModuleDestroy(): void {
    this.cancelLook?.();
    for (const end of this.ends.splice(0)) end();
  }

  /** Somebody here wants the events of a topic. Returns what ends that. */
  want(topic: InterestTopic): () => void {
    const digest = digestOf(topic);
    const count = this.own.get(digest) ?? 0;
    this.own.set(digest, count + 1);
    if (count === 0) this.tell('add', [digest]);
    let isOver = false;
    return () => {
      if (!isOver) this.drop(digest);
      isOver = true;
    };
  }

  /** Whether somebody here wants the run's events. */
  isWantedHere(run: LoggedRun): boolean {
    return this.digestsOf(run).some((digest) => this.own.has(digest));
  }

  /** Whether another replica wants the run's events. */
  isWantedElsewhere(run: LoggedRun): boolean {
    return this.others.size > 0 && this.digestsOf(run).some((digest) => this.others.has(digest));
  }

  private drop(digest: string): void {
    const count = this.own.get(digest) ?? 0;
    if (count > 1) this.own.set(digest, count - 1);
    else if (this.own.delete(digest)) this.tell('drop', [digest]);
  }

  private hear(message: string, from: string): void {
    const [verb, ...digests] = message.split(' ');
    if (verb === 'hello') return this.announce();
    for (const digest of digests) {
      const wanting = this.others.get(digest) ?? new Map<string, number>();
      if (verb === 'add')
        this.others.set(digest, wanting.set(from, this.clock.monotonic() + FORGET_AFTER_MS));
      else if (verb === 'drop' && wanting.delete(from) && wanting.size === 0) this.others.delete(digest);
    }
  }

  private lookAgain(): void {
    this.cancelLook = this.clock.after(LOOK_INTERVAL_MS, () => {
      this.look();
      this.lookAgain();
    });
  }

  private look(): void {
    const { hasPeers } = this.replicas;
    const now = this.clock.monotonic();
    if (hasPeers && !this.hadPeers) this.introduce();
    else if (hasPeers && now - this.toldAt >= REFRESH_INTERVAL_MS) this.announce();
    this.hadPeers = hasPeers;
    for (const [digest, wanting] of this.others) {
      for (const [replica, until] of wanting) if (until <= now) wanting.delete(replica);
      if (wanting.size === 0) this.others.delete(digest);
    }
  }

  /** Asks all others what they want, and tells them what is wanted here. */
  private introduce(): void {
    this.notifications.publish('interest', 'hello');
    this.announce();
  }

  private announce(): void {
    this.toldAt = this.clock.monotonic();
    const digests = [...this.own.keys()];
    for (let index = 0; index < digests.length; index += MESSAGE_MAX_DIGESTS)
      this.tell('add', digests.slice(index, index + MESSAGE_MAX_DIGESTS));
  }

  private tell(verb: 'add' | 'drop', digests: readonly string[]): void {
    if (this.replicas.hasPeers) this.notifications.publish('interest', [verb, ...digests].join(' '));
  }

  private digestsOf(run: LoggedRun): readonly string[] {
    const known = this.digests.get(run);
    if (known) return known;
    const made = [digestOf(`user:${run.userId}`), digestOf(`run:${run.runId}`), digestOf('all')];
    this.digests.set(run, made);
    return made;
  }
}

function digestOf(topic: InterestTopic): string {
  return createHash('sha256').update(topic).digest('base64url').slice(0, DIGEST_CHARS);
}
