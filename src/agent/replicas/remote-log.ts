import type { RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import type { LoggedRun } from '../runs/log-buffer.js';
import { comparePositions } from '../runs/positions.js';

/** Where logs are kept. */
export interface LogSource {
  readElsewhere(runId: string, after: LogPosition): Promise<readonly RunEvent[]>;
  /** Position of the last event. */
  end(runId: string): Promise<LogPosition>;
}

/** The log of a run that another replica executes, as far as it was passed on here. */
export class RemoteLog {
  /** Readers here that must not miss anything. */
  followers = 0;
  /** When there was a reason to look into the table last (monotonic ms). */
  lookedAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private again = false;

  constructor(
    readonly run: LoggedRun,
    /** Absent: from where the log is now. */
    private position: LogPosition | undefined,
    private readonly source: LogSource,
    private readonly passOn: (event: RunEvent) => void,
  ) {}

  /** What lies up to there is nobody's concern here. */
  skipTo(position: LogPosition): void {
    if (!this.position || comparePositions(position, this.position) > 0) this.position = position;
  }

  /** Passes on whatever has come since, in order. Rejects when the database is away. */
  advance(): Promise<void> {
    this.again = true;
    this.reading ??= this.drain().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async drain(): Promise<void> {
    while (this.again) {
      this.again = false;
      this.position ??= await this.source.end(this.run.runId);
      for (const event of await this.source.readElsewhere(this.run.runId, this.position)) {
        this.skipTo(event);
        this.passOn(event);
      }
    }
  }
}
