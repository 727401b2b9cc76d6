import { Injectable, Logger } from '@nestjs/common';
import type { Lease, NewMessage, RunInput, RunProgress } from '#store';
import { type LogWriter, RunLog } from '../runs/run-log.js';
import { LOG_START } from '../runs/standing-events.js';
import { RunSteps } from './run-steps.js';

/** What an attempt at a run does before it goes on where an earlier one was interrupted. */
@Injectable()
export class RunResumption {
  private readonly logger = new Logger('RunResumption');

  constructor(
    private readonly steps: RunSteps,
    private readonly runLog: RunLog,
  ) {}

  /**
   * Says which text is void: what came after the last step. Where the log does not reach that far, because its last
   * rows went down with their process, all of it is, and what stands is said again in one piece.
   * @throws RunAborted `lease-lost`
   */
  async announce(lease: Lease, input: RunInput, log: LogWriter): Promise<void> {
    const { progress, runId } = lease;
    if (!progress) return log.append('run.resumed', { discardAfter: LOG_START });
    const { position } = progress;
    if (await this.steps.untilReachable(() => this.runLog.holds(runId, position))) {
      return log.append('run.resumed', { discardAfter: position });
    }
    await this.sayAgain(lease, progress, input.stream, log);
  }

  /** Results for the calls that the run leaves without; empty when they cannot be found out. */
  async unanswered(lease: Lease): Promise<readonly NewMessage[]> {
    try {
      return await this.steps.unanswered(lease);
    } catch (error) {
      this.logger.error(`the open tool calls of run ${lease.runId} could not be read`, error);
      return [];
    }
  }

  /** As {@link RunSteps.untilReachable}. */
  untilReachable<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.steps.untilReachable(read, signal);
  }

  /**
   * The new place of what stands is written before anybody sees it: the next attempt must not call text valid that
   * this one has declared void.
   */
  private async sayAgain(
    lease: Lease,
    progress: RunProgress,
    stream: boolean,
    log: LogWriter,
  ): Promise<void> {
    const { content } = progress;
    const isShown = stream && content !== '';
    const position = { attempt: lease.attempt, seq: isShown ? 2 : 1 };
    await this.steps.append(lease, [], { ...progress, position });
    log.append('run.resumed', { discardAfter: LOG_START });
    if (isShown) log.append('chunk', { content });
  }
}
