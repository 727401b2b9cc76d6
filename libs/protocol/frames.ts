import type { ErrorCode } from './error-codes.js';

/** Chosen by the client, echoed as it came; `""` when the frame could not be parsed. */
export type FrameId = string | number;

/** Client → server: one call. Answered by exactly one {@link ResponseFrame} with the same id. */
export interface RequestFrame {
  type: 'req';
  id: FrameId;
  method: string;
  params?: Record<string, unknown>;
}

/** What went wrong with one request. `retryAfterMs` is given when waiting helps. */
export interface ErrorShape {
  code: ErrorCode;
  message: string;
  details?: Record<string, unknown>;
  retryable?: boolean;
  retryAfterMs?: number;
}

/** Server → client: the one answer to a request. */
export type ResponseFrame =
  | { type: 'res'; id: FrameId; ok: true; payload?: unknown }
  | { type: 'res'; id: FrameId; ok: false; error: ErrorShape };
