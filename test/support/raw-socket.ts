import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AgentEvent, ErrorShape, FrameId } from '#protocol';
import type { RunningGateway } from './gateway/index.js';

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 5;
/** Of a frame in the message of a wait that failed. */
const SHOWN_CHARS = 300;

/** A frame of the gateway, whatever it is. */
export interface ReceivedFrame {
  readonly type: 'res' | 'event';
  readonly id?: FrameId;
  readonly ok?: boolean;
  readonly payload?: unknown;
  readonly error?: ErrorShape;
  readonly event?: string;
  readonly seq?: number;
}

/** A bare WebSocket to the gateway: the test writes the frames itself and sees each that comes. */
export class RawSocket implements Disposable {
  readonly frames: ReceivedFrame[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  private lastId = 0;
  readonly ws: WebSocket;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString()) as ReceivedFrame));
    ws.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    ws.on('error', () => undefined);
  }

  /** An anonymous socket. */
  static async open({ wsUrl }: Pick<RunningGateway, 'wsUrl'>): Promise<RawSocket> {
    const socket = new RawSocket(new WebSocket(wsUrl));
    await once(socket.ws, 'open');
    return socket;
  }

  /** A socket that has connected. */
  static async connect(
    gateway: Pick<RunningGateway, 'wsUrl' | 'token'>,
    userId?: string,
  ): Promise<RawSocket> {
    const socket = await RawSocket.open(gateway);
    const { token } = gateway;
    const welcome = await socket.request('connect', {
      token,
      ...(userId !== undefined && { user_id: userId }),
    });
    if (!welcome.ok) throw new Error(`connect was refused: ${JSON.stringify(welcome.error)}`);
    return socket;
  }

  /** Events of runs, in the order in which they came. */
  get events(): AgentEvent[] {
    return this.frames.flatMap(({ event, payload }) =>
      event === 'agent' || event === 'chat' ? [payload as AgentEvent] : [],
    );
  }

  /** The texts of the chunks, as far as they came. */
  get text(): string {
    return this.events
      .map(({ type, payload }) =>
        type === 'chunk' && payload && 'content' in payload ? payload.content : '',
      )
      .join('');
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends a request and returns its id. */
  begin(method: string, params?: object): FrameId {
    const id = `r${++this.lastId}`;
    this.send({ type: 'req', id, method, ...(params && { params }) });
    return id;
  }

  async answer(id: FrameId): Promise<ReceivedFrame> {
    const isAnswer = (frame: ReceivedFrame): boolean => frame.type === 'res' && frame.id === id;
    await this.until(() => this.frames.some(isAnswer), `the answer to ${id}`);
    return this.frames.find(isAnswer) ?? { type: 'res' };
  }

  request(method: string, params?: object): Promise<ReceivedFrame> {
    return this.answer(this.begin(method, params));
  }

  /** The result of a request that succeeds. */
  async result(method: string, params?: object): Promise<Record<string, unknown>> {
    const { ok, payload, error } = await this.request(method, params);
    if (ok) return payload as Record<string, unknown>;
    throw new Error(`${method} was refused: ${JSON.stringify(error)}`);
  }

  /** The error of a request that fails. */
  async refusal(method: string, params?: object): Promise<ErrorShape> {
    const { error, payload } = await this.request(method, params);
    if (error) return error;
    throw new Error(`${method} was answered: ${JSON.stringify(payload)}`);
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.until(() => this.closed !== undefined, 'the close');
    return this.closed ?? { code: 0, reason: '' };
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    while (!condition()) {
      if (performance.now() > deadline) {
        const last = this.frames
          .slice(-5)
          .map((frame) => JSON.stringify(frame).slice(0, SHOWN_CHARS))
          .join('\n');
        throw new Error(`Waited in vain for ${what}; closed: ${this.closed?.code}; last frames: ${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  [Symbol.dispose](): void {
    this.ws.terminate();
  }
}
