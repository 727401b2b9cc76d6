import { ErrorCode, type ErrorShape, type FrameId, type RequestFrame } from '#protocol';

/** A longer id would only make the answer bigger than the question. */
const FRAME_ID_MAX_CHARS = 256;
const METHOD_MAX_CHARS = 128;
/** Of the sender's own text that is repeated in an error. */
const QUOTE_MAX_CHARS = 80;

export type ParsedFrame =
  | { readonly ok: true; readonly request: RequestFrame }
  | { readonly ok: false; readonly id: FrameId; readonly error: ErrorShape };

/** Reads one message of a client. Never throws; an error carries the request's id wherever it could be read. */
export function parseFrame(text: string): ParsedFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (error) {
    return refuse('', `invalid frame: ${error instanceof Error ? quote(error.message) : 'not JSON'}`);
  }
  if (!isObject(frame)) return refuse('', 'invalid frame: a frame is a JSON object');
  const type = own(frame, 'type');
  if (type !== 'req')
    return refuse('', `unexpected frame type: ${typeof type === 'string' ? quote(type) : ''}`);
  const id = own(frame, 'id');
  if (!isFrameId(id)) {
    return refuse(
      '',
      `malformed request: id must be a string of at most ${FRAME_ID_MAX_CHARS} characters or a safe number`,
    );
  }
  const method = own(frame, 'method');
  if (typeof method !== 'string' || method === '') {
    return refuse(id, 'malformed request: method must be a string');
  }
  if (method.length > METHOD_MAX_CHARS) return refuse(id, `unknown method: ${quote(method)}`);
  const params = own(frame, 'params');
  if (params === undefined || params === null) return { ok: true, request: { type, id, method } };
  if (!isObject(params)) return refuse(id, 'malformed request: params must be an object');
  return { ok: true, request: { type, id, method, params } };
}

function refuse(id: FrameId, message: string): ParsedFrame {
  return { ok: false, id, error: { code: ErrorCode.INVALID_REQUEST, message } };
}

/** Numbers that JSON cannot echo unchanged are refused. */
function isFrameId(id: unknown): id is FrameId {
  if (typeof id === 'string') return id.length <= FRAME_ID_MAX_CHARS;
  return typeof id === 'number' && Number.isFinite(id) && Math.abs(id) <= Number.MAX_SAFE_INTEGER;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function quote(text: string): string {
  return text.length > QUOTE_MAX_CHARS ? `${text.slice(0, QUOTE_MAX_CHARS)}…` : text;
}
