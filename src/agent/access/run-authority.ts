import { Injectable } from '@nestjs/common';
import type { AgentRef, Caller } from '#contracts';
import { AuditLog, LiveCredentials, PermissionError } from '#permissions';
import { Database } from '#store';
import { AgentError } from '../agent.errors.js';
import { AgentAccess } from './agent-access.js';

/** On whose authority a run works, and with which agent. */
interface Authority {
  readonly runId: string;
  readonly caller: Caller;
  readonly agent: AgentRef;
  readonly signal: AbortSignal;
}

/**
 * Whether a run may take its next step. What it began with (prompt, tools, model) it keeps, but a credential that was
 * revoked, a share that was withdrawn or an agent that was deleted ends it before anything more is done.
 */
@Injectable()
export class RunAuthority {
  constructor(
    private readonly access: AgentAccess,
    private readonly credentials: LiveCredentials,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /** While the database is away, it is waited for. @throws PermissionError, AgentError `access-lost` */
  async require(authority: Authority): Promise<void> {
    const { caller, agent, runId, signal } = authority;
    try {
      await this.database.insist(async () => {
        await this.credentials.require(caller);
        await this.access.requireStill(caller, agent);
      }, signal);
    } catch (error) {
      if (isRefusal(error)) {
        const target = { type: 'agent', id: agent.id };
        const details = { run_id: runId, agent_key: agent.key, reason: error.message };
        this.audit.record(caller, { action: 'run.stop', target, details, outcome: 'denied' });
      }
      throw error;
    }
  }

  /** Why the next step must not be taken; `undefined`: it may. */
  async refusal(authority: Authority): Promise<Error | undefined> {
    try {
      await this.require(authority);
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  }
}

function isRefusal(error: unknown): error is PermissionError | AgentError {
  return error instanceof PermissionError || error instanceof AgentError;
}
