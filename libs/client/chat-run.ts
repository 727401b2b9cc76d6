import {
  type AgentEvent,
  type ChatResult,
  type ChatSendParams,
  ErrorCode,
  type FrameId,
  type LogPosition,
} from '#protocol';
import { type ChatUpdate, updateOf } from './chat-update.js';
import { discardAfterOf, LogReader } from './log-reader.js';
import { RpcError } from './rpc-error.js';
import { StreamedText } from './streamed-text.js';
import { UpdateStream } from './update-stream.js';

/** How often a run whose gateway says "ask again" is asked for. */
const ASK_AGAIN_MAX = 20;

/** What a run needs of its client. */
export interface RunChannel {
  /** Waits for a connection, sends, and waits for the answer. */
  request(
    method: 'chat.send' | 'chat.resume' | 'chat.abort',
    params: object,
    onSend?: (id: FrameId) => void,
  ): Promise<unknown>;
  /** Events of this run are to be given to it. */
  bind(runId: string, run: ChatRun): void;
  unbind(run: ChatRun): void;
  /** The gateway has said that it stops: another one, or its next life, takes what this one refuses. */
  readonly isStopping: boolean;
  /** Waits a moment before the run is asked for again; resolves `false` when the client was closed. */
  pause(): Promise<boolean>;
}

/** What to begin with: a message to send, or a run that goes already. */
export type ChatRunStart =
  | { readonly send: ChatSendParams & { readonly idempotencyKey: string } }
  | { readonly runId: string; readonly after?: LogPosition };

/**
 * A run from its message to its end, whatever happens to the connection: the message is sent again under its
 * idempotency key until it is accepted, and the run's log is read on from where it was lost.
 */
export class ChatRun {
  /** Everything that happens, in order; ends with the run, and throws what `done` rejects with. One reader. */
  readonly events: AsyncIterable<ChatUpdate>;
  /** How the run ended. Rejects with an `RpcError` when it failed or could not begin. */
  readonly done: Promise<ChatResult>;
  private readonly stream = new UpdateStream<ChatUpdate>();
  private readonly streamed = new StreamedText();
  private readonly reader: LogReader;
  private readonly known = Promise.withResolvers<string>();
  private readonly end = Promise.withResolvers<ChatResult>();
  private id: string | undefined;
  /** A second request that fetches missing events. */
  private resync: Promise<unknown> | undefined;

  constructor(
    private readonly channel: RunChannel,
    private readonly start: ChatRunStart,
    private readonly onUpdate: (update: ChatUpdate) => void = () => undefined,
  ) {
    this.events = this.stream;
    this.done = this.end.promise;
    this.done.catch(() => undefined);
    this.known.promise.catch(() => undefined);
    this.reader = new LogReader('runId' in start ? start.after : undefined);
    if ('runId' in start) this.identify(start.runId);
    void this.drive();
  }

  /** Known from the moment the run is accepted. */
  get runId(): string | undefined {
    return this.id;
  }

  /** The text that has come so far. */
  get text(): string {
    return this.streamed.text;
  }

  /** The last event that was seen; what `resume` takes to go on from here. */
  get position(): LogPosition {
    return this.reader.position;
  }

  /** Stops the run; `done` resolves with what there is. Nothing happens when it has ended. */
  async abort(): Promise<void> {
    const runId = await this.known.promise;
    if (!this.reader.ended) await this.channel.request('chat.abort', { runId });
  }

  /** For the client: an event of this run, or its announcement. */
  receive(event: AgentEvent): void {
    if (event.type === 'run.accepted') return this.accepted(event);
    const verdict = this.reader.accept(event);
    if (verdict === 'gap') this.fetchMissing();
    if (verdict === 'next') this.take(event);
  }

  private accepted({ runId, sessionKey }: AgentEvent): void {
    if (this.id !== undefined) return;
    this.identify(runId);
    this.tell({ type: 'accepted', runId, sessionKey });
  }

  private identify(runId: string): void {
    this.id = runId;
    this.channel.bind(runId, this);
    this.known.resolve(runId);
  }

  private take(event: AgentEvent): void {
    const { attempt = 0, seq = 0 } = event;
    const discardAfter = discardAfterOf(event);
    if (discardAfter && this.streamed.discardAfter(discardAfter))
      this.tell({ type: 'retracted', text: this.text });
    const update = updateOf(event);
    if (update?.type === 'text') this.streamed.append({ attempt, seq }, update.text);
    if (update) this.tell(update);
  }

  private tell(update: ChatUpdate): void {
    this.stream.push(update);
    this.onUpdate(update);
  }

  private async drive(): Promise<void> {
    let result: ChatResult | undefined;
    for (let asked = 1; ; asked++) {
      try {
        const isCaughtUp = result !== undefined;
        result = await this.ask();
        await this.resync;
        // Otherwise the answer came without the end of the log: the rest of it was missed.
        if (this.reader.ended || isCaughtUp) return this.finish(result);
      } catch (error) {
        const isLost = error instanceof RpcError && error.connectionLost;
        if (result && !isLost) return this.finish(result);
        if (!isLost && !(this.isWorthAsking(error, asked) && (await this.channel.pause())))
          return this.fail(error);
      }
    }
  }

  /** Asks for the run: by its message as long as its id is unknown. */
  private async ask(): Promise<ChatResult> {
    const answer =
      this.id === undefined && 'send' in this.start
        ? this.channel.request('chat.send', this.start.send)
        : this.channel.request('chat.resume', this.resumeParams());
    return (await answer) as ChatResult;
  }

  private resumeParams(): object {
    return { runId: this.id, after: this.reader.position };
  }

  /** Events that come meanwhile are dropped: the answer to this brings them in their place. */
  private fetchMissing(): void {
    this.resync ??= this.channel
      .request('chat.resume', this.resumeParams())
      .catch(() => undefined)
      .finally(() => (this.resync = undefined));
  }

  /** The gateway stops: it takes the run up again, or does not take it any more. */
  private isWorthAsking(error: unknown, asked: number): boolean {
    const isKnown = this.id !== undefined && !this.reader.ended && asked < ASK_AGAIN_MAX;
    const isWaiting = isKnown || (this.id === undefined && this.channel.isStopping);
    return isWaiting && error instanceof RpcError && error.retryable && error.code === ErrorCode.UNAVAILABLE;
  }

  private finish(result: ChatResult): void {
    this.channel.unbind(this);
    this.end.resolve(result);
    this.known.resolve(result.runId);
    this.stream.finish();
  }

  private fail(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.channel.unbind(this);
    this.end.reject(reason);
    this.known.reject(reason);
    this.stream.finish(reason);
  }
}
