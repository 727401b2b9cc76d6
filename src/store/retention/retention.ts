import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InboundStore } from '../channels/inbound.store.js';
import { OutboxStore } from '../channels/outbox.store.js';
import { JobQueue } from '../replication/job-queue.js';
import { RunEventStore } from '../runs/run-event.store.js';
import { RunStore } from '../runs/run.store.js';
import { TracingStore } from '../tracing/tracing.store.js';

/** Of the hour. Not the full one, when everybody else's jobs run. */
const MINUTE = 17;

/** How long what is not kept for good is kept. */
const RUN_EVENTS_HOURS = 24;
const TRACES_DAYS = 30;
const RUNS_DAYS = 90;
const MESSAGES_DAYS = 30;

/** Every hour, on one of the replicas: removes what has been kept for long enough. Transcripts stay until they are deleted. */
@Injectable()
export class Retention implements OnModuleInit {
  private readonly logger = new Logger('Retention');

  constructor(
    private readonly events: RunEventStore,
    private readonly traces: TracingStore,
    private readonly runs: RunStore,
    private readonly inbox: InboundStore,
    private readonly outbox: OutboxStore,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.hourly('retention.prune', MINUTE, () => this.prune());
  }

  /** @throws StoreError when the database is away; what was removed by then stays removed. */
  async prune(): Promise<void> {
    const events = await this.events.prune(RUN_EVENTS_HOURS);
    const traces = await this.traces.prune(TRACES_DAYS);
    const runs = await this.runs.prune(RUNS_DAYS);
    const messages = (await this.inbox.prune(MESSAGES_DAYS)) + (await this.outbox.prune(MESSAGES_DAYS));
    this.logger.log(
      `removed ${events} rows of run logs, ${traces} traces, ${runs} runs, ${messages} channel messages`,
    );
  }
}
