import type { AgentEvent, PendingApproval, ResolvedApproval, Welcome } from '#protocol';
import type { RpcError } from './rpc-error.js';

/** What a client tells its listeners: the gateway's events, and what becomes of the connection. */
export interface ClientEvents {
  agent: AgentEvent;
  chat: AgentEvent;
  /** The gateway's health changed. */
  health: { readonly status: 'ok' | 'degraded'; readonly database: string };
  /** A command of an agent waits for somebody to approve it. */
  'exec.approval.requested': PendingApproval;
  /** A command waits no more. */
  'exec.approval.resolved': ResolvedApproval;
  /** The gateway is about to stop. */
  shutdown: undefined;
  /** Also after a reconnect. */
  connected: Welcome;
  disconnected: { readonly code: number; readonly reason: string; readonly willReconnect: boolean };
  /** The end: closed, refused, or lost without a reconnect. */
  closed: RpcError;
}
