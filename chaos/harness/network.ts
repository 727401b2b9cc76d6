import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The network between a gateway and its PostgreSQL. When it is parted, packets of both sides wait, as they do on
 * their way through TCP, and arrive when it is healed.
 */
export class Network implements AsyncDisposable {
  private readonly server: Server;
  private readonly target: URL;
  private readonly clients = new Set<Socket>();
  private readonly servers = new Set<Socket>();
  private isParted = false;

  private constructor(target: URL) {
    this.target = target;
    this.server = createServer({ pauseOnConnect: true }, (client) => this.join(client));
  }

  static async start(dsn: string): Promise<Network> {
    const network = new Network(new URL(dsn));
    network.server.listen(0, '127.0.0.1');
    await once(network.server, 'listening');
    return network;
  }

  /** The database behind this network. */
  get dsn(): string {
    const own = new URL(this.target);
    own.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return own.href;
  }

  part(): void {
    this.isParted = true;
    for (const socket of [...this.clients, ...this.servers]) socket.pause();
  }

  /** While it is parted: the server gives its side up, as its keep-alive does after about ten seconds. */
  giveUp(): void {
    for (const socket of this.servers) socket.destroy();
  }

  heal(): void {
    this.isParted = false;
    for (const socket of [...this.clients, ...this.servers]) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [...this.clients, ...this.servers]) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    this.clients.add(client);
    this.servers.add(server);
    this.pass(client, server, this.clients);
    this.pass(server, client, this.servers);
    if (!this.isParted) client.resume();
    else server.pause();
  }

  private pass(from: Socket, to: Socket, side: Set<Socket>): void {
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (data) => {
      if (!to.destroyed) to.write(data);
    });
    from.on('close', () => {
      side.delete(from);
      // The other side hears of it when there is a way again.
      if (this.isParted) this.afterHealing(to);
      else to.destroy();
    });
  }

  private afterHealing(socket: Socket): void {
    const timer = setInterval(() => {
      if (this.isParted) return;
      clearInterval(timer);
      socket.destroy();
    }, 10);
  }
}
