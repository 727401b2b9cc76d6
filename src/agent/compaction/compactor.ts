import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { RunFinished } from '#bus';
import { Transcript } from '#sessions';
import { type SessionEntity, SessionStore } from '#store';
import { type CompactionSplit, needsCompaction, splitForCompaction } from '../history/compaction.js';
import { estimateTokens } from '../history/message-size.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import { Summariser } from './summariser.js';

/** Sessions that are compacted at the same time. */
const PARALLEL_MAX = 4;

/**
 * After a run: when the model's view of its session has grown too large, all but the last messages become a
 * summary. The transcript loses nothing; a compaction that fails or comes late changes nothing.
 */
@Injectable()
@EventsHandler(RunFinished)
export class Compactor implements IEventHandler<RunFinished>, BeforeApplicationShutdown {
  private readonly logger = new Logger('Compactor');
  private readonly busy = new Set<string>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly sessions: SessionStore,
    private readonly transcript: Transcript,
    private readonly resolver: AgentResolver,
    private readonly summariser: Summariser,
  ) {}

  async handle(event: RunFinished): Promise<void> {
    const { sessionId } = event;
    if (sessionId === undefined || event.outcome === 'failed') return;
    if (this.stopping.signal.aborted) return;
    if (this.busy.has(sessionId) || this.busy.size >= PARALLEL_MAX) return;
    this.busy.add(sessionId);
    try {
      await this.compact(event, sessionId);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.logger.warn(
        `the session ${event.sessionKey} could not be compacted; the next run tries again: ${String(error)}`,
      );
    } finally {
      this.busy.delete(sessionId);
    }
  }

  /** A shutdown waits for no summary: the next start makes it. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async compact(event: RunFinished, sessionId: string): Promise<void> {
    const size = this.transcript.sizeOf(sessionId);
    const runtime = await this.resolver.runtime(event.caller, event.agentKey);
    if (size && !needsCompaction(size.messages, size.tokens, runtime.contextWindow, runtime.compaction))
      return;
    const session = await this.sessions.find(event.caller, event.sessionKey);
    if (session?.id !== sessionId) return;
    const messages = await this.transcript.window(leaseView(session));
    if (
      !needsCompaction(messages.length, estimateTokens(messages), runtime.contextWindow, runtime.compaction)
    )
      return;
    const split = splitForCompaction(messages);
    if (split) await this.replaceBySummary(session, split, runtime.targets);
  }

  private async replaceBySummary(
    session: SessionEntity,
    { old, kept }: CompactionSplit,
    targets: Parameters<Summariser['summarise']>[0],
  ): Promise<void> {
    const windowStartSeq = kept[0]?.seq;
    if (windowStartSeq === undefined) return;
    const summary = await this.summariser.summarise(
      targets,
      old,
      session.summary ?? undefined,
      this.stopping.signal,
    );
    const expectedCount = session.compaction_count;
    if (!(await this.sessions.compact(session.id, { summary, windowStartSeq, expectedCount }))) return;
    this.transcript.compacted(session.id, windowStartSeq);
    this.logger.log(`${old.length} messages of ${session.session_key} became a summary`);
  }
}

function leaseView(session: SessionEntity): Parameters<Transcript['window']>[0] {
  return {
    id: session.id,
    firstSeq: session.next_seq,
    windowStartSeq: session.window_start_seq,
    softTrimBefore: session.soft_trim_before,
    hardClearBefore: session.hard_clear_before,
    compactionCount: session.compaction_count,
    summary: session.summary ?? undefined,
    modelOverride: session.model_override ?? undefined,
  };
}
