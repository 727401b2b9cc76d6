import { Injectable } from '@nestjs/common';
import { RunAborted } from '#scheduler';
import { Transcript } from '#sessions';
import {
  Database,
  type Lease,
  type NewMessage,
  type RunEnd,
  type RunInput,
  RunStore,
  SessionStore,
} from '#store';
import { withTokens } from './with-tokens.js';
import type { TranscriptMessage } from '../history/transcript-message.js';
import { repairPairing } from '../history/repair-pairing.js';
import type { PruningPointers } from '../history/pruning-settings.js';

/** Calls of one answer that may be without a result. */
const UNANSWERED_MAX = 100;

/** Reads and writes the conversation of a run, under its lease, whatever the database does meanwhile. */
@Injectable()
export class RunSteps {
  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly sessions: SessionStore,
    private readonly transcript: Transcript,
  ) {}

  /** What the model sees when the run begins, its own user messages last. */
  async begin(lease: Lease, input: RunInput, signal: AbortSignal): Promise<TranscriptMessage[]> {
    const { session } = lease;
    if (!session) return numbered([...(input.history ?? []), ...input.messages], 1);
    const window = await this.database.insist(() => this.transcript.window(session), signal);
    this.transcript.appended(session.id, session.firstSeq, lease.runId, input.messages);
    return [...window, ...numbered(input.messages, session.firstSeq)];
  }

  /** Reads what a run needs, waiting for a database that is away. Rejects with the signal's reason. */
  untilReachable<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.database.insist(read, signal);
  }

  /**
   * Appends what the run said and learned. An abort does not stop that: whoever ends the run must know whether the
   * messages are in the transcript. @throws RunAborted `lease-lost` when somebody else works on the run.
   */
  async append(lease: Lease, messages: readonly NewMessage[]): Promise<void> {
    if (!lease.session || messages.length === 0) return;
    const firstSeq = await this.database.insist(() => this.runs.append(lease, messages));
    if (firstSeq === undefined) throw new RunAborted('lease-lost');
    this.transcript.appended(lease.session.id, firstSeq, lease.runId, messages);
  }

  /** Writes the end of the run with what is left to append. `false`: somebody else works on it. */
  async finish(lease: Lease, end: RunEnd): Promise<boolean> {
    const finished = await this.database.insist(() => this.runs.finish(lease, end));
    if (finished !== undefined && lease.session) {
      this.transcript.appended(lease.session.id, finished, lease.runId, end.messages);
    }
    return finished !== undefined;
  }

  /** Results for the calls of an interrupted run that have none: their outcome is unknown. */
  async unanswered(lease: Lease): Promise<NewMessage[]> {
    if (!lease.session) return [];
    const window = await this.transcript.window(lease.session);
    const known = new Set(window.map(({ seq, role, toolCallId }) => `${seq} ${role} ${toolCallId}`));
    return repairPairing(window)
      .filter(({ seq, role, toolCallId }) => role === 'tool' && !known.has(`${seq} ${role} ${toolCallId}`))
      .map(({ seq: _seq, ...message }) => withTokens(message))
      .slice(-UNANSWERED_MAX);
  }

  /** Stores a pruning decision; losing one costs a cache miss, nothing else. */
  async prune(lease: Lease, pointers: PruningPointers): Promise<void> {
    if (lease.session) await this.sessions.prune(lease.session.id, pointers).catch(() => undefined);
  }
}

/** Messages as a model sees them, numbered as the transcript numbers them. */
export function numbered(messages: readonly NewMessage[], firstSeq: number): TranscriptMessage[] {
  return messages.map((message, index) => ({ ...message, seq: firstSeq + index }));
}
