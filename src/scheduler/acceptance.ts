import { Injectable, Logger } from '@nestjs/common';
import { Database, isOutcomeUnknown, RunStore } from '#store';

/**
 * Writes that accept a run, when the connection breaks before their acknowledgement: either the run turns out to be
 * accepted, or it is refused and nothing of it stays.
 */
@Injectable()
export class Acceptance {
  private readonly logger = new Logger('Acceptance');

  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
  ) {}

  /** Does a repeatable write; once more when its outcome is unknown, which tells what became of the first. */
  async commit<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
      return await write().catch(() => {
        throw error;
      });
    }
  }

  /** After {@link commit} failed with `error`: removes what may have been written, as soon as the database is back. */
  async withdraw(runId: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (!isOutcomeUnknown(error)) return;
    try {
      await this.database.insist(() => this.runs.withdraw(runId), signal);
    } catch (failure) {
      if (!signal.aborted) this.logger.error(`the refused run ${runId} could not be withdrawn`, failure);
    }
  }
}
