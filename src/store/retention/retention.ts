import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '#config';
import { AuditStore } from '../audit/audit.store.js';
import { JobQueue } from '../replication/job-queue.js';
import { RunEventStore } from '../runs/run-event.store.js';
import { RunStore } from '../runs/run.store.js';
import { TracingStore } from '../tracing/tracing.store.js';
import { ChannelRetention } from './channel-retention.js';
import { RetentionConfig } from './retention.config.js';

/** Of the hour. Not the full one, when everybody else's jobs run. */
const MINUTE = 17;

/** Every hour, on one of the replicas: removes what has been kept for long enough. Transcripts stay until they are deleted. */
@Injectable()
export class Retention implements OnModuleInit {
  private readonly logger = new Logger('Retention');

  constructor(
    private readonly events: RunEventStore,
    private readonly traces: TracingStore,
    private readonly runs: RunStore,
    private readonly channels: ChannelRetention,
    private readonly audit: AuditStore,
    private readonly config: ConfigService,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.hourly('retention.prune', MINUTE, () => this.prune());
  }

  /** @throws StoreError when the database is away; what was removed by then stays removed. */
  async prune(): Promise<void> {
    const keep = this.config.get(RetentionConfig);
    const events = await this.events.prune(keep.run_events_hours);
    const traces = await this.traces.prune(keep.traces_days);
    const runs = await this.runs.prune(keep.runs_days);
    const messages = await this.channels.pruneMessages(keep.channel_messages_days);
    const pairings = await this.channels.prunePairingRequests();
    const audited = await this.audit.prune(keep.audit_days);
    this.logger.log(
      `removed ${events} rows of run logs, ${traces} traces, ${runs} runs, ${messages} channel messages, ${pairings} pairing requests, ${audited} audit entries`,
    );
  }
}
