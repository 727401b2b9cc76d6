import type { FastifyRequest } from 'fastify';
import { agentOfSessionKey } from '#sessions';
import { headerText } from './headers.js';

const AGENT_MODEL = /^(?:goclaw|agent):(.+)$/;

/** The agent that a model name stands for; `undefined` for names of other models. */
export function agentOfModel(model: string): string | undefined {
  return AGENT_MODEL.exec(model)?.[1];
}

/** The name under which an agent is offered as a model. */
export function modelOfAgent(agentKey: string): string {
  return `goclaw:${agentKey}`;
}

/** The conversation that a request continues; `undefined` when its client keeps it. */
export function sessionKeyOf(request: FastifyRequest): string | undefined {
  return headerText(request, 'x-goclaw-session-key');
}

/**
 * The agent that is asked: by the model's name, else by a header, else the one whose session it is. `undefined` is
 * the default agent: clients send a model name that they do not mean, like `gpt-4o`.
 */
export function chosenAgent(request: FastifyRequest, model: string | undefined): string | undefined {
  return (
    (model === undefined ? undefined : agentOfModel(model)) ??
    headerText(request, 'x-goclaw-agent-id') ??
    headerText(request, 'x-goclaw-agent') ??
    agentOfSessionKey(sessionKeyOf(request) ?? '')
  );
}
