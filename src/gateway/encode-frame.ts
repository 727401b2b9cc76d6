import type { RunEvent } from '#contracts';
import type { AgentEvent, ErrorShape, EventName, FrameId } from '#protocol';

/** An event frame up to its `seq`, the only part that differs from socket to socket. */
export type EncodedEvent = string & { readonly encodedEvent: true };

/** Whose event it is; goes into every `agent` and `chat` frame. */
export interface RunName {
  readonly runId: string;
  readonly agentKey: string;
  readonly sessionKey: string;
}

export function encodeResult(id: FrameId, payload: unknown): string {
  return JSON.stringify({ type: 'res', id, ok: true, ...(payload === undefined ? {} : { payload }) });
}

export function encodeError(id: FrameId, error: ErrorShape): string {
  return JSON.stringify({ type: 'res', id, ok: false, error });
}

/** Serialises an event once for all sockets. */
export function encodeEvent(event: EventName, payload?: unknown): EncodedEvent {
  const body = payload === undefined ? '' : `,"payload":${JSON.stringify(payload)}`;
  return `{"type":"event","event":"${event}"${body},"seq":` as EncodedEvent;
}

/** The frame for one socket. */
export function withSeq(event: EncodedEvent, seq: number): string {
  return `${event}${seq}}`;
}

/** `thinking` and the final `message` travel as `chat`, everything else of a run as `agent`. */
export function encodeRunEvent(event: RunEvent, run: RunName): EncodedEvent {
  const { type, attempt, seq, payload } = event;
  const frame = {
    type,
    agentId: run.agentKey,
    runId: run.runId,
    sessionKey: run.sessionKey,
    attempt,
    seq,
    payload,
  };
  return encodeEvent(type === 'thinking' || type === 'message' ? 'chat' : 'agent', frame);
}

/** Announces an accepted run to the socket that asked for it. */
export function encodeAccepted(run: RunName, requestId: FrameId): EncodedEvent {
  const payload: AgentEvent<'run.accepted'> = {
    type: 'run.accepted',
    agentId: run.agentKey,
    runId: run.runId,
    sessionKey: run.sessionKey,
    payload: { requestId },
  };
  return encodeEvent('agent', payload);
}
