import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Scheduler } from '#scheduler';
import { SessionService } from '#sessions';
import { RunService } from './run.service.js';

/** Changes to a conversation from outside of its runs, in its turn: never between a run's messages. */
@Injectable()
export class Conversations {
  constructor(
    private readonly sessions: SessionService,
    private readonly scheduler: Scheduler,
    private readonly runs: RunService,
  ) {}

  /** Appends an assistant message; returns its id. @throws AppError NOT_FOUND */
  async inject(caller: Caller, key: string, text: string, label?: string): Promise<string> {
    const session = await this.sessions.get(caller, key);
    return this.scheduler.inTurn(session.id, () => this.sessions.inject(caller, key, text, label));
  }

  /** Stops what goes on; the conversation begins anew. @throws AppError NOT_FOUND */
  async reset(caller: Caller, key: string): Promise<void> {
    const session = await this.sessions.get(caller, key);
    await this.runs.abort(caller, { sessionKey: key });
    await this.scheduler.inTurn(session.id, () => this.sessions.reset(caller, key));
  }

  /** Stops what goes on and deletes the conversation; an unknown one is deleted already. */
  async delete(caller: Caller, key: string): Promise<void> {
    const session = await this.sessions.find(caller, key);
    if (!session) return;
    await this.runs.abort(caller, { sessionKey: key });
    await this.scheduler.inTurn(session.id, () => this.sessions.delete(caller, key));
  }
}
