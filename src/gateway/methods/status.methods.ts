import { Injectable } from '@nestjs/common';
import { RunService } from '#agent';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { SessionService } from '#sessions';
import { AgentDirectory } from '../agent-directory.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { SocketRegistry } from '../socket-registry.js';

/** What there is, as its caller may see it. */
@Injectable()
export class StatusMethods {
  constructor(
    private readonly agents: AgentDirectory,
    private readonly runs: RunService,
    private readonly sessions: SessionService,
    private readonly sockets: SocketRegistry,
  ) {}

  @Access('viewer', { ownership: 'own' })
  @RpcMethod('status')
  async status(_params: object, { caller }: RpcContext): Promise<Methods['status']['result']> {
    const [agents, sessions] = await Promise.all([this.agents.list(caller), this.sessions.count(caller)]);
    return { agents, clients: this.sockets.count, sessions, runs: this.runs.activeCount };
  }
}
