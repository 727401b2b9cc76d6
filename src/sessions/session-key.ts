import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';

const KEY_MAX_CHARS = 500;
const AGENT_KEY = /^agent:([^:]+):/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** The conversation of a user with an agent over a socket: the same after every reconnect. */
export function defaultSessionKey(agentKey: string, userId: string): string {
  return `agent:${agentKey}:ws:direct:${userId}`;
}

/** The agent that a key of the form `agent:{agent}:…` belongs to. */
export function agentOfSessionKey(key: string): string | undefined {
  return AGENT_KEY.exec(key)?.[1];
}

/**
 * The full key of a conversation with an agent. A key without `agent:` is the client's own name for it and is put
 * under the agent's.
 * @throws AppError INVALID_REQUEST when the key cannot be used, or belongs to another agent.
 */
export function resolveSessionKey(key: string, agentKey: string): string {
  const full = key.startsWith('agent:') ? key : `agent:${agentKey}:${key}`;
  if (key === '' || full.length > KEY_MAX_CHARS || UNPRINTABLE.test(key)) {
    throw new AppError(
      ErrorCode.INVALID_REQUEST,
      `A session key is 1 to ${KEY_MAX_CHARS} printable characters, e.g. agent:default:ws:direct:me.`,
    );
  }
  const owner = agentOfSessionKey(full);
  if (owner === agentKey) return full;
  throw new AppError(
    ErrorCode.INVALID_REQUEST,
    `The session ${key} belongs to the agent ${owner ?? '(none)'}, not to ${agentKey}. Ask that agent, or use another session key.`,
  );
}
