import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { RunFeed } from '#agent';
import type { RunEvent } from '#contracts';

type Listener = (event: RunEvent) => void;

/** Hands the events of fresh runs to the one response each that waits for them. */
@Injectable()
export class LiveRuns implements OnModuleDestroy {
  private readonly listeners = new Map<string, Listener>();
  private readonly unsubscribe: () => void;

  constructor(feed: RunFeed) {
    this.unsubscribe = feed.subscribe((event) => this.listeners.get(event.runId)?.(event));
  }

  /** For a run that was just accepted and has no events yet. Returns what ends it. */
  watch(runId: string, listener: Listener): () => void {
    this.listeners.set(runId, listener);
    return () => void this.listeners.delete(runId);
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }
}
