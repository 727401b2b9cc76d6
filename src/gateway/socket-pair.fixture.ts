import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { ClientSocket } from './client-socket.js';

/** Both ends of a WebSocket over loopback. */
export interface SocketPair extends AsyncDisposable {
  /** The gateway's end. */
  readonly server: WebSocket;
  readonly socket: ClientSocket;
  readonly client: WebSocket;
  /** Frames that came to the client, parsed. */
  readonly received: Record<string, unknown>[];
  /** Resolves when `condition` holds; looks after every frame and close. */
  until(condition: () => boolean): Promise<void>;
  /** Code with which the client's end was closed. */
  closeCode: number | undefined;
}

const UNTIL_LIMIT_MS = 4_000;
const POLL_MS = 2;

/** Opens a pair as the gateway does: no compression, a read limit. */
export async function openSocketPair(now = 0): Promise<SocketPair> {
  const listening = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  const received: Record<string, unknown>[] = [];
  client.on('message', (data) => {
    received.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
  });
  const [[server]] = (await Promise.all([once(listening, 'connection'), once(client, 'open')])) as [
    [WebSocket],
    [],
  ];
  const pair: SocketPair = {
    server,
    socket: new ClientSocket(server, '127.0.0.1', now),
    client,
    received,
    closeCode: undefined,
    until,
    [Symbol.asyncDispose]: async () => {
      client.terminate();
      server.terminate();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
  client.on('close', (code) => (pair.closeCode = code));
  return pair;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + UNTIL_LIMIT_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('The condition did not come true.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
