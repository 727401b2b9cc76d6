import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AgentEventType, ErrorShape, RequestFrame } from '#protocol';

export const RUN_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A request in the hands of the test, with its connection. */
export interface ReceivedRequest {
  readonly frame: RequestFrame;
  respond(payload: unknown): void;
  refuse(error: ErrorShape): void;
  /** `run.accepted` for this request. */
  accept(): void;
  /** An event of the run's log. */
  event(attempt: number, seq: number, type: AgentEventType, payload?: object): void;
  /** Any frame. */
  send(frame: object | string): void;
  /** Without a code: the connection breaks. */
  drop(code?: number, reason?: string): void;
}

/** A gateway at the other end of a real socket that says what the test tells it to. */
export class ScriptedGateway implements AsyncDisposable {
  /** How `connect` is answered; the test may change it. */
  welcome: (request: ReceivedRequest) => void = (request) =>
    request.respond({
      protocol: 3,
      role: 'admin',
      user_id: 'local',
      server: { name: 'goclaw', version: '0' },
    });
  connections = 0;
  private readonly waiting: ReceivedRequest[] = [];
  private wake: (() => void) | undefined;
  private readonly server: WebSocketServer;
  private readonly sockets = new Set<WebSocket>();

  private constructor(server: WebSocketServer) {
    this.server = server;
    server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('message', (data) =>
        this.receive(socket, JSON.parse((data as Buffer).toString()) as RequestFrame),
      );
      socket.on('error', () => undefined);
    });
  }

  static async start(): Promise<ScriptedGateway> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws' });
    await once(server, 'listening');
    return new ScriptedGateway(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next request but `connect`; it must be this one. */
  async next(method: string): Promise<ReceivedRequest> {
    while (this.waiting.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const request = this.waiting.shift();
    if (request?.frame.method === method) return request;
    throw new Error(`The client called ${request?.frame.method}, and ${method} was expected.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private receive(socket: WebSocket, frame: RequestFrame): void {
    const request = requestOf(socket, frame);
    if (frame.method === 'connect') return this.welcome(request);
    this.waiting.push(request);
    this.wake?.();
  }
}

function requestOf(socket: WebSocket, frame: RequestFrame): ReceivedRequest {
  const { id } = frame;
  const send = (value: object | string): void =>
    socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  const base = { agentId: 'default', runId: RUN_ID, sessionKey: 'agent:default:ws:direct:local' };
  return {
    frame,
    send,
    respond: (payload) => send({ type: 'res', id, ok: true, payload }),
    refuse: (error) => send({ type: 'res', id, ok: false, error }),
    accept: () => {
      const payload = { ...base, type: 'run.accepted', payload: { requestId: id } };
      send({ type: 'event', event: 'agent', payload, seq: 1 });
    },
    event: (attempt, seq, type, payload) => {
      const event = type === 'thinking' || type === 'message' ? 'chat' : 'agent';
      send({ type: 'event', event, payload: { ...base, type, attempt, seq, payload }, seq });
    },
    drop: (code, reason) => (code === undefined ? socket.terminate() : socket.close(code, reason)),
  };
}
