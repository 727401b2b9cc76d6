import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Agent, Dispatcher } from 'undici';
import { NetworkGuard } from './network-guard.js';

const CONNECT_TIMEOUT_MS = 15_000;
const IDLE_SOCKET_MS = 4_000;
const CONNECTIONS_PER_ORIGIN_MAX = 16;

/** Connections that go to checked addresses only, for `fetch` of undici. */
@Injectable()
export class GuardedFetch implements OnModuleDestroy {
  private agent: Promise<Agent> | undefined;

  constructor(private readonly guard: NetworkGuard) {}

  /** Refuses at dial time, also after a redirect: the error's `cause` is a {@link NetworkError}. */
  dispatcher(): Promise<Dispatcher> {
    return (this.agent ??= this.open());
  }

  async onModuleDestroy(): Promise<void> {
    await (await this.agent)?.destroy();
  }

  /** undici is imported when it is needed. */
  private async open(): Promise<Agent> {
    const { Agent: UndiciAgent, buildConnector } = await import('undici');
    const { guard } = this;
    return new UndiciAgent({
      connections: CONNECTIONS_PER_ORIGIN_MAX,
      keepAliveTimeout: IDLE_SOCKET_MS,
      connect: (options, callback) => {
        const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
        try {
          guard.checkHost(options.hostname, port);
        } catch (error) {
          callback(error as Error, null);
          return;
        }
        buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guard.lookup(port) })(options, callback);
      },
    });
  }
}
