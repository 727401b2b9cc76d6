import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ApprovalChanged, DomainEvents, RunFinished } from '#bus';
import { ConfigService } from '#config';
import { ApprovalStore, JobQueue, RetentionConfig } from '#store';

/** Of the hour. */
const MINUTE = 23;
/** Runs whose end is waited for; beyond that, what they asked expires by itself. */
const ABORTED_RUNS_MAX = 1_000;

/** Ends what waits for nobody any more, and removes what is old. */
@Injectable()
@EventsHandler(RunFinished)
export class ApprovalUpkeep implements OnModuleInit, IEventHandler<RunFinished> {
  /** Runs that were aborted here while they waited. Those that go on elsewhere never finish here. */
  private readonly abortedRuns = new Set<string>();

  constructor(
    private readonly store: ApprovalStore,
    private readonly events: DomainEvents,
    private readonly config: ConfigService,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.hourly('approvals.prune', MINUTE, () => this.prune());
  }

  /** A call was aborted with its run: when the run ends, and does not go on elsewhere, nobody waits any more. */
  runAborted(runId: string): void {
    const [oldest] = this.abortedRuns;
    if (this.abortedRuns.size >= ABORTED_RUNS_MAX && oldest !== undefined) this.abortedRuns.delete(oldest);
    this.abortedRuns.add(runId);
  }

  async handle({ runId }: RunFinished): Promise<void> {
    if (this.abortedRuns.delete(runId)) this.tell(await this.store.endOfRun(runId));
  }

  /** Nobody waits for it any more, though its run goes on. @throws StoreError */
  async withdraw(id: string, why: 'unreachable' | 'withdrawn'): Promise<void> {
    if (await this.store.end(id, why)) this.tell([{ id }]);
  }

  /** @throws StoreError when the database is away */
  async prune(): Promise<void> {
    this.tell(await this.store.expire());
    await this.store.prune(this.config.get(RetentionConfig).runs_days);
  }

  private tell(ended: readonly { id: string }[]): void {
    for (const { id } of ended) this.events.publish(new ApprovalChanged('resolved', id));
  }
}
