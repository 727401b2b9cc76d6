import type { PendingApproval, ResolvedApproval } from './methods-approvals.js';
import type { PairedDevice, PendingDevice } from './methods-pairing.js';
import type { AgentEvent } from './run-events.js';

/** Payload of each event that this gateway sends, by its name. */
export interface EventPayloads {
  /** What a run does, but for {@link EventPayloads.chat}. */
  agent: AgentEvent;
  /** What a run thinks, and its final message. */
  chat: AgentEvent<'thinking'> | AgentEvent<'message'>;
  /** The state of the gateway changed. */
  health: { status: 'ok' | 'degraded'; database: 'ok' | 'unavailable' };
  /** A device asks to be let in. To admins, and to whoever asked for it, with the scope of pairing. */
  'device.pair.requested': PendingDevice;
  /** A device was let in, or shut out. To those who hear of requests, and to the user of the device. */
  'device.pair.resolved':
    { decision: 'approved'; device: PairedDevice } | { decision: 'revoked'; device: { id: string } };
  /** A command waits for an approval. To the user of its run, and to admins that hear all, with the scope of approvals. */
  'exec.approval.requested': PendingApproval;
  /** A command waits no more. To those who hear of requests. */
  'exec.approval.resolved': ResolvedApproval;
  /** The gateway stops: connect again shortly, runs go on. */
  shutdown: undefined;
}

export type EventName = keyof EventPayloads;

/** Server → client: something happened. `seq` counts this socket's events from 1 without gaps. */
export interface EventFrame {
  type: 'event';
  event: EventName;
  payload?: unknown;
  seq: number;
}
