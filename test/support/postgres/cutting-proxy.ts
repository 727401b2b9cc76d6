import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP proxy before a PostgreSQL that loses acknowledgements on command: a statement that contains `text` reaches
 * the server and is executed, its answer is thrown away and the connection is cut.
 */
export class CuttingProxy implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private readonly lost: string[] = [];
  private cutCount = 0;

  private constructor(
    private readonly server: Server,
    /** The DSN of the database behind the proxy. */
    readonly dsn: string,
  ) {}

  static async start(dsn: string): Promise<CuttingProxy> {
    const target = new URL(dsn);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const own = new URL(dsn);
    own.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const proxy = new CuttingProxy(server, own.href);
    server.on('connection', (client) => proxy.accept(client, target));
    return proxy;
  }

  /** Connections that were cut so far. */
  get cuts(): number {
    return this.cutCount;
  }

  /** The answer to the next statement that contains `text` (its name, or a value) is lost. */
  loseAnswerTo(text: string): void {
    this.lost.push(text);
  }

  /** Cuts every open connection, whatever it does. */
  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Cuts every open connection and takes no new one. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cutAll();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
  }

  private accept(client: Socket, target: URL): void {
    const upstream = connect(Number(target.port), target.hostname);
    let deaf = false;
    const close = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', close);
      socket.on('close', () => {
        this.sockets.delete(socket);
        close();
      });
    }
    client.on('data', (data) => {
      const text = this.lost.find((lost) => data.includes(lost));
      if (text !== undefined) {
        this.lost.splice(this.lost.indexOf(text), 1);
        deaf = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!deaf) {
        client.write(data);
      } else if (endsWithReady(data)) {
        // The server has committed by now.
        this.cutCount += 1;
        close();
      }
    });
  }
}

/** Whether a piece of the server's answer ends with ReadyForQuery: type Z, length 5, state. */
function endsWithReady(data: Buffer): boolean {
  return (
    data.length >= 6 && data.readUInt8(data.length - 6) === 0x5a && data.readInt32BE(data.length - 5) === 5
  );
}
