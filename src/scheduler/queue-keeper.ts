import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import { type NewRun, Replicas } from '#store';
import { droppedBy } from './queue-policy.js';
import { RemoteAborts } from './remote-aborts.js';
import { RunWorker } from './run-worker.js';
import { SchedulerConfig } from './scheduler.config.js';
import type { SessionQueue } from './session-queue.js';
import { WaitingRuns } from './waiting-runs.js';

/** What a new message does to those that wait before it. */
@Injectable()
export class QueueKeeper {
  private readonly logger = new Logger('QueueKeeper');

  constructor(
    private readonly worker: RunWorker,
    private readonly waiting: WaitingRuns,
    private readonly replicas: Replicas,
    private readonly remote: RemoteAborts,
    private readonly config: ConfigService,
  ) {}

  /** After `run` has its place in the queue. Never rejects: that one is accepted, whatever becomes of the others. */
  async applyPolicy(queue: SessionQueue, run: NewRun): Promise<void> {
    try {
      await this.makeRoom(queue, run);
    } catch (error) {
      this.logger.error(`runs before ${run.id} could not be ended as their queue's policy says`, error);
    }
  }

  private async makeRoom(queue: SessionQueue, run: NewRun): Promise<void> {
    const policy = this.config.get(SchedulerConfig).queue;
    const dropped = droppedBy(policy, queue.waitingRuns);
    for (const { entry } of dropped) this.waiting.leaveQueue(queue, entry);
    const interrupts = policy.mode === 'interrupt';
    if (interrupts && queue.current) this.worker.active.abort(queue.current.id, 'interrupt');
    for (const { entry, message } of dropped)
      await this.waiting.close(entry.run, { state: 'dropped', message, code: 'RESOURCE_EXHAUSTED' }, message);
    if (interrupts && this.replicas.hasPeers) await this.remote.makeWay(run);
  }
}
