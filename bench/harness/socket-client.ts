import { WebSocket } from 'ws';
import type { AgentEvent, EventFrame, MethodName, Methods, ResponseFrame } from '#protocol';

/** A bare client of the protocol: as little of its own as possible between the wire and the clock. */
export class SocketClient {
  /** Told of every `agent` event. */
  onAgentEvent: (event: AgentEvent) => void = () => undefined;
  private readonly ws: WebSocket;
  private readonly pending = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly accepting = new Map<number, () => void>();
  private lastId = 0;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer) =>
      this.receive(JSON.parse(data.toString()) as ResponseFrame | EventFrame),
    );
    ws.on('close', (code) => {
      for (const { reject } of this.pending.values()) reject(new Error(`the socket was closed with ${code}`));
    });
  }

  /** Opens a socket and authenticates it. */
  static async open(wsUrl: string, token: string, userId: string): Promise<SocketClient> {
    const ws = new WebSocket(wsUrl, { perMessageDeflate: false });
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    const client = new SocketClient(ws);
    await client.call('connect', { token, user_id: userId });
    return client;
  }

  call<M extends MethodName>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    const id = ++this.lastId;
    const answer = Promise.withResolvers<unknown>();
    this.pending.set(id, answer);
    this.ws.send(JSON.stringify({ type: 'req', id, method, params }));
    return answer.promise as Promise<Methods[M]['result']>;
  }

  /** Sends a message; tells when it is accepted and when it is answered. */
  chat(params: Methods['chat.send']['params']): Readonly<Record<'accepted' | 'answered', Promise<void>>> {
    const accepted = Promise.withResolvers<void>();
    this.accepting.set(this.lastId + 1, accepted.resolve);
    const answered = this.call('chat.send', params).then(() => undefined);
    answered.catch(accepted.reject);
    return { accepted: accepted.promise, answered };
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.ws.terminate();
  }

  private receive(frame: ResponseFrame | EventFrame): void {
    if (frame.type === 'event') {
      if (frame.event === 'agent') this.hear(frame.payload as AgentEvent);
      return;
    }
    const answer = this.pending.get(Number(frame.id));
    this.pending.delete(Number(frame.id));
    if (frame.ok) answer?.resolve(frame.payload);
    else answer?.reject(new Error(`${frame.error.code}: ${frame.error.message}`));
  }

  private hear(event: AgentEvent): void {
    if (event.type === 'run.accepted' && event.payload && 'requestId' in event.payload) {
      const id = Number(event.payload.requestId);
      this.accepting.get(id)?.();
      this.accepting.delete(id);
    }
    this.onAgentEvent(event);
  }
}
