import { WebSocket } from 'ws';

/** Environment of a process to profile: when a signal opens its inspector, it takes any free port. */
export const PROFILABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

const INSPECTOR_LIMIT_MS = 5_000;
const POLL_MS = 20;

/** A process that was started with {@link PROFILABLE}, and what it wrote to stderr. */
export interface Profilable {
  readonly pid: number;
  readonly logs: string;
}

/** The debugging protocol of a running process. */
export class Inspector {
  private readonly ws: WebSocket;
  private readonly pending = new Map<number, (result: unknown) => void>();
  private lastId = 0;

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer) => {
      const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
      if (id !== undefined) this.pending.get(id)?.(result);
    });
  }

  static async open(target: Profilable): Promise<Inspector> {
    const ws = new WebSocket(await addressOf(target), { perMessageDeflate: false, maxPayload: 1024 ** 3 });
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return new Inspector(ws);
  }

  call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.lastId;
    this.ws.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.pending.set(id, resolve));
  }

  close(): void {
    this.ws.terminate();
  }
}

/** Node opens its inspector on this signal, and says where. */
async function addressOf(target: Profilable): Promise<string> {
  process.kill(target.pid, 'SIGUSR1');
  const deadline = performance.now() + INSPECTOR_LIMIT_MS;
  for (;;) {
    const address = /Debugger listening on (ws:\S+)/.exec(target.logs)?.[1];
    if (address !== undefined) return address;
    if (performance.now() > deadline) throw new Error(`Process ${target.pid} did not open its inspector.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
