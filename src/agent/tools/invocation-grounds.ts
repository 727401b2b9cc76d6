import { Injectable } from '@nestjs/common';
import type { Caller, SessionRef } from '#contracts';
import { agentOfSessionKey, resolveSessionKey } from '#sessions';
import { SessionStore } from '#store';
import { AgentAccess } from '../access/agent-access.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import type { ToolGround } from '../resolver/agent-runtime.js';

/** The channel of calls that come by themselves, for the policy. */
export const INVOCATION_CHANNEL = 'http';

/** As whom, and where, somebody calls a tool. */
export interface InvocationPlace {
  readonly caller: Caller;
  /** As whose tool; absent: that of the session, else of the default agent. */
  readonly agentKey?: string | undefined;
  /** In which conversation: its sandbox, its processes, its limits. Absent: one of the user's own for such calls. */
  readonly sessionKey?: string | undefined;
}

/** Finds the agent and the conversation of calls that no model asked for. */
@Injectable()
export class InvocationGrounds {
  constructor(
    private readonly access: AgentAccess,
    private readonly resolver: AgentResolver,
    private readonly sessions: SessionStore,
  ) {}

  /** @throws AgentError as `AgentAccess.require`; AppError INVALID_REQUEST for a session of another agent */
  async of(place: InvocationPlace): Promise<{ ground: ToolGround; session: SessionRef }> {
    const { caller, agentKey, sessionKey } = place;
    const key = agentKey ?? agentOfSessionKey(sessionKey ?? '') ?? (await this.access.defaultKey());
    const ground = await this.resolver.ground(caller, key);
    return { ground, session: await this.sessionOf(caller, ground.agent.key, sessionKey) };
  }

  /** A conversation that is not stored has its place all the same: what a call leaves there, the next one finds. */
  private async sessionOf(caller: Caller, agentKey: string, given: string | undefined): Promise<SessionRef> {
    if (given === undefined)
      return { key: `agent:${agentKey}:${INVOCATION_CHANNEL}:direct:${caller.userId}` };
    const key = resolveSessionKey(given, agentKey);
    const stored = await this.sessions.find(caller, key);
    return { key, ...(stored && { id: stored.id }) };
  }
}
