import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { VERSION } from '#kernel';
import { LiveConfig } from '#live-config';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { SessionService } from '#sessions';
import { deploymentOf, Replicas } from '#store';
import { ToolRegistry } from '#tools';
import { HealthMonitor } from '../health-monitor.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { SocketRegistry } from '../socket-registry.js';

/** How the gateway is. */
@Injectable()
export class HealthMethods {
  constructor(
    private readonly monitor: HealthMonitor,
    private readonly sessions: SessionService,
    private readonly tools: ToolRegistry,
    private readonly sockets: SocketRegistry,
    private readonly replicas: Replicas,
    private readonly config: ConfigService,
    private readonly live: LiveConfig,
  ) {}

  /** Whoever has not connected learns the status alone. Answers also while the database is away. */
  @Access('none')
  @RpcMethod('health')
  async health(_params: object, { caller }: RpcContext): Promise<Methods['health']['result']> {
    const database = await this.monitor.databaseState();
    const status = database === 'ok' ? 'ok' : 'degraded';
    if (caller.role === 'none') return { status };
    return {
      status,
      uptime: Math.floor(process.uptime()),
      version: VERSION,
      mode: deploymentOf(this.config).mode,
      database,
      configuration: this.live.problems.length === 0 ? 'ok' : 'invalid',
      tools: this.tools.list().length,
      ...(database === 'ok' && { sessions: await this.sessions.count(caller) }),
      clients: this.sockets.count,
      replicas: this.replicas.peerCount + 1,
    };
  }
}
