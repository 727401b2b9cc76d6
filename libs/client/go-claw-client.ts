import type {
  AgentEvent,
  ChatSendParams,
  EventFrame,
  FrameId,
  LogPosition,
  MethodName,
  Methods,
  Welcome,
} from '#protocol';
import { ErrorCode } from '#protocol';
import { ChatRun, type ChatRunStart } from './chat-run.js';
import type { ChatUpdate } from './chat-update.js';
import type { ClientEvents } from './client-events.js';
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './client-options.js';
import { Link } from './link.js';
import { Listeners } from './listeners.js';
import { randomKey } from './random-key.js';
import { RpcError } from './rpc-error.js';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** 0: any time. */
  readonly timeoutMs?: number;
}

export interface ChatOptions {
  /** Called for every update, besides the run's `events`. */
  readonly onUpdate?: (update: ChatUpdate) => void;
  /** Aborts the run on the gateway. */
  readonly signal?: AbortSignal;
}

/** A gateway that has said that it stops is gone after this. */
const STOPPING_MAX_MS = 60_000;

/** Methods without parameters may be called without them. */
type ParamsArgs<M extends MethodName> = undefined extends Methods[M]['params']
  ? [params?: Methods[M]['params'], options?: CallOptions]
  : [params: Methods[M]['params'], options?: CallOptions];

/** Answered when a run has ended, or whatever else has happened that was waited for. */
const WAITING_METHODS: ReadonlySet<MethodName> = new Set([
  'chat.send',
  'chat.resume',
  'agent.wait',
  'chat.inject',
]);

/**
 * A client of the gateway's WebSocket protocol, for browsers and Node. It keeps its connection: a lost one is made
 * again with growing delays. Calls that were open then reject with a retryable `RpcError`; runs of `chat` go on.
 */
export class GoClawClient {
  private readonly options: ResolvedOptions;
  private readonly listeners = new Listeners<ClientEvents>();
  private readonly link: Link;
  private readonly runs = new Map<string, ChatRun>();
  /** Runs that were asked for and not accepted yet, by the frame that asked. */
  private readonly asking = new Map<FrameId, ChatRun>();
  /** Milliseconds since the epoch. */
  private stoppingUntil = 0;

  /** @throws TypeError when the URL is none, or there is no WebSocket. */
  constructor(options: ClientOptions) {
    this.options = resolveOptions(options);
    this.link = new Link(this.options, this.listeners, (frame) => this.dispatch(frame));
    this.listeners.on('shutdown', () => (this.stoppingUntil = Date.now() + STOPPING_MAX_MS));
    this.listeners.on('connected', () => (this.stoppingUntil = 0));
    // Ids are counted anew on each connection.
    this.listeners.on('disconnected', () => this.asking.clear());
  }

  /**
   * Resolves when the gateway has let the client in. @throws RpcError UNAUTHORIZED, NOT_PAIRED (its details hold the
   * code), or when it cannot be reached.
   */
  connect(): Promise<Welcome> {
    return this.link.connect();
  }

  /** Calls a method; connects first where needed. @throws RpcError, or the reason of `signal`. */
  async call<M extends MethodName>(
    method: M,
    ...[params, options]: ParamsArgs<M>
  ): Promise<Methods[M]['result']> {
    const { signal, timeoutMs = WAITING_METHODS.has(method) ? 0 : this.options.timeoutMs } = options ?? {};
    const timeout = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined;
    const signals = [signal, timeout].filter((one) => one !== undefined);
    try {
      const answer = await this.send(method, params, AbortSignal.any(signals));
      return answer as Methods[M]['result'];
    } catch (error) {
      if (timeout?.aborted && error === timeout.reason) throw timedOut(method, timeoutMs);
      throw error;
    }
  }

  /** Listens; returns what ends that. */
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void {
    return this.listeners.on(event, listener);
  }

  /** Sends a message and streams the run that answers it. */
  chat(params: ChatSendParams, options: ChatOptions = {}): ChatRun {
    const send = { stream: true, ...params, idempotencyKey: params.idempotencyKey ?? randomKey() };
    return this.run({ send }, options);
  }

  /** Takes up a run that goes already, behind `after`; from its beginning when that is absent. */
  resume(run: { readonly runId: string; readonly after?: LogPosition }, options: ChatOptions = {}): ChatRun {
    return this.run(run, options);
  }

  /** Ends the connection for good. Runs go on at the gateway. */
  close(): void {
    this.link.end();
  }

  private run(start: ChatRunStart, { onUpdate, signal }: ChatOptions): ChatRun {
    const isStopping = (): boolean => Date.now() < this.stoppingUntil;
    // Events come after the constructor has returned.
    const channel = {
      request: async (method: string, params: object): Promise<unknown> => {
        const connection = await this.link.ready();
        const onSend = (id: FrameId): void => {
          if (method === 'chat.send') this.asking.set(id, run);
        };
        return connection.request(method, params, { onSend });
      },
      bind: (runId: string, bound: ChatRun) => void this.runs.set(runId, bound),
      unbind: (bound: ChatRun) => this.unbind(bound),
      pause: () => this.link.pause(),
      get isStopping() {
        return isStopping();
      },
    };
    const run = new ChatRun(channel, start, onUpdate);
    const abort = (): void => void run.abort().catch(() => undefined);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    void run.done.catch(() => undefined).finally(() => signal?.removeEventListener('abort', abort));
    return run;
  }

  private unbind(run: ChatRun): void {
    if (run.runId !== undefined && this.runs.get(run.runId) === run) this.runs.delete(run.runId);
    for (const [id, asking] of this.asking) if (asking === run) this.asking.delete(id);
  }

  private async send(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const connection = await Promise.race([this.link.ready(), aborted.promise]);
      return await connection.request(method, params, { signal });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private dispatch({ event, payload }: EventFrame): void {
    if (event === 'agent' || event === 'chat') {
      const runEvent = payload as AgentEvent;
      this.runOf(runEvent)?.receive(runEvent);
      this.listeners.emit(event, runEvent);
    } else if (event === 'health') this.listeners.emit('health', payload as ClientEvents['health']);
    else if (event === 'exec.approval.requested')
      this.listeners.emit(event, payload as ClientEvents['exec.approval.requested']);
    else if (event === 'exec.approval.resolved')
      this.listeners.emit(event, payload as ClientEvents['exec.approval.resolved']);
    else if (event === 'shutdown') this.listeners.emit('shutdown', undefined);
  }

  private runOf(event: AgentEvent): ChatRun | undefined {
    if (event.type !== 'run.accepted') return this.runs.get(event.runId);
    const requestId = event.payload && 'requestId' in event.payload ? event.payload.requestId : '';
    const run = this.asking.get(requestId);
    this.asking.delete(requestId);
    return run;
  }
}

function timedOut(method: string, timeoutMs: number): RpcError {
  return new RpcError({
    code: ErrorCode.AGENT_TIMEOUT,
    message: `${method} was not answered within ${timeoutMs} ms.`,
    retryable: true,
  });
}
