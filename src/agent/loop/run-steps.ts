import { Injectable } from '@nestjs/common';
import type { ToolCall } from '#contracts';
import { RunAborted } from '#scheduler';
import { Transcript } from '#sessions';
import {
  Database,
  type Lease,
  type NewMessage,
  type RunEnd,
  type RunInput,
  type RunProgress,
  RunStore,
  SessionStore,
} from '#store';
import type { TranscriptMessage } from '../history/transcript-message.js';
import type { PruningPointers } from '../history/pruning-settings.js';
import { openCalls, unknownOutcome } from './tool-messages.js';

/** Where an attempt at a run begins. */
export interface Beginning {
  /** What the model sees; of a first attempt the run's own user messages are the last. */
  readonly messages: TranscriptMessage[];
  /** Answers that earlier attempts have written. */
  readonly answers: number;
  /** Calls of the last answer that have no result. */
  readonly open: readonly ToolCall[];
}

/** Reads and writes the conversation of a run, under its lease, whatever the database does meanwhile. */
@Injectable()
export class RunSteps {
  constructor(
    private readonly database: Database,
    private readonly runs: RunStore,
    private readonly sessions: SessionStore,
    private readonly transcript: Transcript,
  ) {}

  /** A first attempt has its messages in the transcript with its lease; a later one finds all that was written. */
  async begin(lease: Lease, input: RunInput, signal: AbortSignal): Promise<Beginning> {
    const { session, steps = [], runId, attempt } = lease;
    if (!session) {
      const messages = numbered([...(input.history ?? []), ...input.messages, ...steps], 1);
      return { messages, answers: answersIn(steps), open: openCalls(messages) };
    }
    const window = await this.database.insist(() => this.transcript.window(session), signal);
    if (attempt > 1) {
      const own = window.filter((message) => message.runId === runId);
      return { messages: [...window], answers: answersIn(own), open: openCalls(own) };
    }
    this.transcript.appended(session.id, session.firstSeq, runId, input.messages);
    return { messages: [...window, ...numbered(input.messages, session.firstSeq)], answers: 0, open: [] };
  }

  /** Reads what a run needs, waiting for a database that is away. Rejects with the signal's reason. */
  untilReachable<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.database.insist(read, signal);
  }

  /**
   * Writes what the run said and learned, and how far it is. An abort does not stop that: whoever ends the run must
   * know whether the messages are in the transcript. @throws RunAborted `lease-lost` when somebody else works on it.
   */
  async append(lease: Lease, messages: readonly NewMessage[], progress: RunProgress): Promise<void> {
    const firstSeq = await this.database.insist(() => this.runs.append(lease, messages, progress));
    if (firstSeq === undefined) throw new RunAborted('lease-lost');
    if (lease.session) this.transcript.appended(lease.session.id, firstSeq, lease.runId, messages);
  }

  /** Writes the end of the run with what is left to append. `false`: somebody else works on it. */
  async finish(lease: Lease, end: RunEnd): Promise<boolean> {
    const finished = await this.database.insist(() => this.runs.finish(lease, end));
    if (finished !== undefined && lease.session) {
      this.transcript.appended(lease.session.id, finished, lease.runId, end.messages);
    }
    return finished !== undefined;
  }

  /** Results for the calls that earlier attempts left without: their outcome is unknown. */
  async unanswered(lease: Lease): Promise<NewMessage[]> {
    const { session, runId } = lease;
    if (!session) return [];
    const window = await this.database.insist(() => this.transcript.window(session));
    return openCalls(window.filter((message) => message.runId === runId)).map(unknownOutcome);
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

function answersIn(messages: readonly Pick<NewMessage, 'role'>[]): number {
  return messages.filter(({ role }) => role === 'assistant').length;
}
