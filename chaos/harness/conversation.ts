import { type ChatRun, type GoClawClient, RpcError } from '#client';
import type { Entry, Ledger } from './ledger.js';
import { type Message, type MessageKind, textOf } from './message.js';
import type { Moments } from './moments.js';
import type { Random } from './random.js';

/** Share of the messages that the model edits a file for. */
const EDIT_SHARE = 0.4;
/** Before a message is sent again that the gateway did not take. */
const TRY_AGAIN_MS = 200;
/** A run that has not ended after this is lost. */
const ANSWER_LIMIT_MS = 120_000;
const REFUSALS_MAX = 200;
/** Who gets this many errors writes no more. */
const FAILURES_MAX = 20;

export interface ConversationOptions {
  readonly client: GoClawClient;
  readonly session: string;
  readonly ledger: Ledger;
  readonly moments: Moments;
  readonly random: Random;
  /** Messages that may wait for their answers at the same time. */
  readonly outstanding?: number;
  readonly kind?: MessageKind;
  /** Default: the gateway's. */
  readonly agentId?: string;
}

/** One session of a person who writes on as soon as the message before is known to have arrived. */
export class Conversation {
  readonly session: string;
  readonly client: GoClawClient;
  private readonly ledger: Ledger;
  private readonly moments: Moments;
  private readonly random: Random;
  private readonly outstandingMax: number;
  private readonly kind: MessageKind | undefined;
  private readonly agentId: string | undefined;
  private readonly open = new Set<Promise<void>>();
  private count = 0;
  private failures = 0;

  constructor({
    client,
    session,
    ledger,
    moments,
    random,
    outstanding = 2,
    kind,
    agentId,
  }: ConversationOptions) {
    this.client = client;
    this.session = session;
    this.ledger = ledger;
    this.moments = moments;
    this.random = random;
    this.outstandingMax = outstanding;
    this.kind = kind;
    this.agentId = agentId;
  }

  /** Writes until it is told to stop, then waits for the last answer. */
  async goOn(isOver: () => boolean): Promise<void> {
    while (!isOver() && this.failures < FAILURES_MAX) {
      if (this.open.size >= this.outstandingMax) await Promise.race(this.open);
      else await this.write();
    }
    await Promise.all(this.open);
  }

  /** Writes the next message; resolves when it has arrived. */
  async write(): Promise<void> {
    const entry = this.ledger.open(this.next());
    const arrived = Promise.withResolvers<void>();
    const answered = this.deliver(entry, arrived.resolve).finally(() => {
      arrived.resolve();
      entry.end();
      this.open.delete(answered);
    });
    this.open.add(answered);
    await arrived.promise;
  }

  get sessionKey(): string {
    return this.agentId === undefined ? this.session : `agent:${this.agentId}:${this.session}`;
  }

  private next(): Message {
    const number = ++this.count;
    const isEdit = this.random.chance(EDIT_SHARE) || number === 1;
    const kind = this.kind ?? (isEdit ? 'edit' : 'plain');
    return { id: `${this.session}.${number}`, session: this.session, number, kind };
  }

  /** What the gateway refuses for the moment is sent again, under the same key. */
  private async deliver(entry: Entry, onArrival: () => void): Promise<void> {
    for (;;) {
      const run = this.send(entry, onArrival);
      try {
        const { content } = await within(run.done, ANSWER_LIMIT_MS);
        entry.isAccepted = true;
        entry.answers.push({ content, streamed: run.text });
        return;
      } catch (error) {
        const isRefused = run.runId === undefined && error instanceof RpcError && error.retryable;
        if (!isRefused || ++entry.refusals > REFUSALS_MAX) {
          this.failures++;
          if (error !== TOO_LATE)
            entry.errors.push(error instanceof RpcError ? `${error.code}: ${error.message}` : String(error));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? TRY_AGAIN_MS));
      }
    }
  }

  private send(entry: Entry, onArrival: () => void): ChatRun {
    const { id } = entry.message;
    const run = this.client.chat(
      {
        message: textOf(entry.message),
        sessionKey: this.sessionKey,
        idempotencyKey: id,
        ...(this.agentId !== undefined && { agentId: this.agentId }),
      },
      {
        onUpdate: ({ type }) => {
          entry.heard = type;
          if (type === 'accepted') {
            entry.isAccepted = true;
            onArrival();
          }
          if (type === 'text') this.moments.reach('text-shown');
          if (type === 'tool-call') this.moments.reach('tool-call');
        },
      },
    );
    this.moments.reach('before-ack');
    return run;
  }
}

const TOO_LATE = new Error('There was no end in time.');

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(TOO_LATE), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
