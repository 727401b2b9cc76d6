import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RunEventStore } from '../runs/run-event.store.js';
import { RunStore } from '../runs/run.store.js';
import { TracingStore } from '../tracing/tracing.store.js';

const HOUR_MS = 3_600_000;

/** How long what is not kept for good is kept. */
const RUN_EVENTS_HOURS = 24;
const TRACES_DAYS = 30;
const RUNS_DAYS = 90;

/** Every hour: removes what has been kept for long enough. Transcripts stay until they are deleted. */
@Injectable()
export class Retention {
  private readonly logger = new Logger('Retention');

  constructor(
    private readonly events: RunEventStore,
    private readonly traces: TracingStore,
    private readonly runs: RunStore,
  ) {}

  @Interval(HOUR_MS)
  async prune(): Promise<void> {
    try {
      const events = await this.events.prune(RUN_EVENTS_HOURS);
      const traces = await this.traces.prune(TRACES_DAYS);
      const runs = await this.runs.prune(RUNS_DAYS);
      this.logger.log(`removed ${events} rows of run logs, ${traces} traces, ${runs} runs`);
    } catch (error) {
      this.logger.warn(`nothing was removed this hour: ${String(error)}`);
    }
  }
}
