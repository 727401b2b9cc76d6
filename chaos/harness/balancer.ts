import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from './random.js';

const CHECK_INTERVAL_MS = 100;
const CHECK_LIMIT_MS = 1_000;

/**
 * A load balancer as a deployment would have one: connections go to any gateway that says that it is ready. What is
 * open can be cut, as bad networks do.
 */
export class Balancer implements AsyncDisposable {
  /** Connections that were cut so far. */
  cuts = 0;
  private readonly server: Server;
  private readonly urls: readonly string[];
  private readonly random: Random;
  private readonly ready = new Set<string>();
  private readonly clients = new Set<Socket>();
  private readonly timer: NodeJS.Timeout;

  private constructor(urls: readonly string[], random: Random) {
    this.urls = urls;
    this.random = random;
    this.server = createServer((client) => this.join(client));
    this.timer = setInterval(() => void this.check(), CHECK_INTERVAL_MS);
  }

  static async start(urls: readonly string[], random: Random): Promise<Balancer> {
    const balancer = new Balancer(urls, random);
    await balancer.check();
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts about this share of the open connections. */
  cut(share: number): void {
    for (const client of this.clients) {
      if (!this.random.chance(share)) continue;
      this.cuts++;
      client.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    this.cut(1);
    this.server.close();
    await once(this.server, 'close');
  }

  private async check(): Promise<void> {
    await Promise.all(
      this.urls.map(async (url) => {
        const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
        const isReady = await fetch(`${url}/health/ready`, { signal }).then(
          ({ ok }) => ok,
          () => false,
        );
        if (isReady) this.ready.add(url);
        else this.ready.delete(url);
      }),
    );
  }

  private join(client: Socket): void {
    client.on('error', () => undefined);
    const [url] = this.random.shuffled([...this.ready]);
    if (url === undefined) return void client.destroy();
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    this.clients.add(client);
    server.on('error', () => this.ready.delete(url));
    server.on('close', () => client.destroy());
    client.on('close', () => {
      this.clients.delete(client);
      server.destroy();
    });
    client.pipe(server).pipe(client);
  }
}
