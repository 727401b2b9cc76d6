import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AgentError, type RunHandle, RunService } from '#agent';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { SessionService } from '#sessions';
import { HttpError } from '../http.errors.js';
import { chosenAgent, sessionKeyOf } from '../input/agent-choice.js';
import { newMessages, type Turn, wholeConversation } from '../input/conversation.js';
import { idempotencyKeyOf } from '../input/idempotency-key.js';
import type { HttpRunRequest } from '../runs/agent-runs.js';
import { runOfResponse } from './response-id.js';
import type { ResponseRequest } from './response-request.js';

/** Under which idempotency keys of responses are unique. */
export const OPERATION = 'responses';

/** How the keys of responses' own sessions begin, below their agent's. */
const OWN_SESSION = 'responses:';

/** Where a response's conversation is kept, and what of the request is new to it. */
export interface ResponsePlace extends Turn {
  readonly agentKey?: string;
  /** Absent: the conversation is not stored. */
  readonly sessionKey?: string;
}

/**
 * Conversations of responses. A stored one lives in a session of its own, `agent:{agent}:responses:{id}`, which the
 * responses that continue it share. It goes on at its end only: there are no branches. Not stored is what the client
 * asked not to (`store: false`), and a conversation that began elsewhere and came whole, with answers in its input.
 */
@Injectable()
export class ResponseSessions {
  constructor(
    private readonly runs: RunService,
    private readonly sessions: SessionService,
  ) {}

  async place(caller: Caller, asked: ResponseRequest, request: FastifyRequest): Promise<ResponsePlace> {
    const { conversation, previousResponseId, form, store } = asked;
    const agentKey = chosenAgent(request, asked.model);
    const agent = agentKey === undefined ? {} : { agentKey };
    if (previousResponseId !== undefined) {
      const previous = await this.previous(caller, previousResponseId, idempotencyKeyOf(request));
      return {
        agentKey: previous.agentKey,
        ...agent,
        sessionKey: previous.sessionKey,
        ...newMessages(conversation, form),
      };
    }
    const named = sessionKeyOf(request);
    if (named !== undefined) return { ...agent, sessionKey: named, ...newMessages(conversation, form) };
    const beganElsewhere = conversation.messages.some(({ role }) => role === 'assistant');
    if (!store || beganElsewhere || form === 'messages')
      return { ...agent, ...wholeConversation(conversation, form) };
    return { ...agent, sessionKey: `${OWN_SESSION}${newId()}`, ...newMessages(conversation, form) };
  }

  /**
   * A request that begins a conversation gets a session of its own each time. When it turns out to repeat an earlier
   * one, that one's session is meant: this is its key, in the form in which it was asked for.
   */
  async sessionOfEarlier(wanted: HttpRunRequest, error: unknown): Promise<string | undefined> {
    const { caller, operation, idempotencyKey, sessionKey } = wanted;
    const isRepeat = error instanceof AgentError && error.reason === 'key-reused';
    if (!isRepeat || idempotencyKey === undefined || !sessionKey?.startsWith(OWN_SESSION)) return undefined;
    const earlier = await this.runs.attach(caller, { operation, idempotencyKey });
    return earlier.sessionKey.replace(`agent:${earlier.agentKey}:`, '');
  }

  /** The run of a response. @throws HttpError `response-not-found` when the caller has no such response. */
  async find(caller: Caller, id: string): Promise<RunHandle> {
    const runId = runOfResponse(id);
    const run = runId === undefined ? undefined : await this.runOf(caller, runId);
    if (run) return run;
    throw new HttpError('response-not-found', `There is no response ${id}.`, { param: 'response_id' });
  }

  private async previous(caller: Caller, id: string, key: string | undefined): Promise<RunHandle> {
    const runId = runOfResponse(id);
    const run = runId === undefined ? undefined : await this.runOf(caller, runId);
    const param = 'previous_response_id';
    if (!run) throw new HttpError('previous-response-not-found', `There is no response ${id}.`, { param });
    if (run.sessionKey.endsWith(run.runId)) {
      throw new HttpError(
        'previous-response-not-found',
        `The conversation of ${id} was not stored. Send it whole in input, or begin it with store: true.`,
        { param },
      );
    }
    const [last] = await this.sessions.history(caller, run.sessionKey, 1);
    if (last?.runId === run.runId || (await this.isRepeat(caller, run.sessionKey, key))) return run;
    throw new HttpError(
      'previous-response-not-found',
      `${id} is not the last response of its conversation, or has not begun. Continue the last one, or send the conversation whole in input.`,
      { param },
    );
  }

  /** A repeated request continues what its first one has continued already. */
  private async isRepeat(caller: Caller, sessionKey: string, key: string | undefined): Promise<boolean> {
    if (key === undefined) return false;
    const earlier = await this.found(this.runs.attach(caller, { operation: OPERATION, idempotencyKey: key }));
    return earlier?.sessionKey === sessionKey;
  }

  private runOf(caller: Caller, runId: string): Promise<RunHandle | undefined> {
    return this.found(this.runs.attach(caller, { runId }));
  }

  private async found(attaching: Promise<RunHandle>): Promise<RunHandle | undefined> {
    try {
      return await attaching;
    } catch (error) {
      if (error instanceof AgentError && error.reason === 'run-not-found') return undefined;
      throw error;
    }
  }
}
