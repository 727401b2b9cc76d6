import type { AgentEvent } from './run-events.js';

/** Payload of each event that this gateway sends, by its name. */
export interface EventPayloads {
  /** What a run does, but for {@link EventPayloads.chat}. */
  agent: AgentEvent;
  /** What a run thinks, and its final message. */
  chat: AgentEvent<'thinking'> | AgentEvent<'message'>;
  /** The state of the gateway changed. */
  health: { status: 'ok' | 'degraded'; database: 'ok' | 'unavailable' };
  /** The gateway stops: connect again shortly, runs go on. */
  shutdown: undefined;
}

export type EventName = keyof EventPayloads;
