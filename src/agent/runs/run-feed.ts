import { Injectable, Logger } from '@nestjs/common';
import type { RunEvent } from '#contracts';
import type { LoggedRun } from './log-buffer.js';

export type RunFeedListener = (event: RunEvent, run: LoggedRun) => void;

/** Every event of every run of this process, as it happens, in order. Listeners must be quick and not throw. */
@Injectable()
export class RunFeed {
  private readonly logger = new Logger('RunFeed');
  private readonly listeners = new Set<RunFeedListener>();

  /** Returns what ends the subscription. */
  subscribe(listener: RunFeedListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  publish(event: RunEvent, run: LoggedRun): void {
    for (const listener of this.listeners) {
      try {
        listener(event, run);
      } catch (error) {
        this.logger.error(`a listener failed on ${event.type} of run ${event.runId}`, error);
      }
    }
  }
}
