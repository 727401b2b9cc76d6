import type { IncomingMessage } from 'node:http';
import type { LlmStreamPart } from '#contracts';
import type { Clock } from '#kernel';
import type { ProviderSettings } from '../provider-settings.js';
import { CallGuard, type LlmCallLimits } from './call-guard.js';
import { streamOf } from './http-transport.js';
import { readChunks } from './read-chunks.js';
import { SseParser } from './sse-parser.js';
import { malformed, toLlmError } from './to-llm-error.js';

/** Turns a vendor's events into parts. One per call. */
export interface StreamDecoder {
  /** Appends the parts of one event. Throws LlmError or SyntaxError. */
  decode(data: string, parts: LlmStreamPart[]): void;
  /** Nothing more will come: reading can stop. */
  readonly ended: boolean;
  /** The vendor said why it stopped, so the answer is whole. */
  readonly complete: boolean;
  /** Appends what is known only now: usage and the finish. */
  finish(parts: LlmStreamPart[]): void;
}

export interface StreamCall {
  readonly settings: ProviderSettings;
  readonly clock: Clock;
  readonly limits: LlmCallLimits;
  readonly signal: AbortSignal;
  readonly decoder: StreamDecoder;
  /** Makes the request. */
  readonly open: (signal: AbortSignal) => Promise<Response>;
}

/** A complete answer's last bytes (`[DONE]`) may take this long before the connection is given up. */
const DRAIN_LIMIT_MS = 1_000;

/** One HTTP request as a stream of parts. Never throws: what goes wrong is the last part. */
export async function* streamCall(call: StreamCall): AsyncGenerator<LlmStreamPart> {
  const { settings, clock, decoder } = call;
  const guard = new CallGuard(clock, call.limits, call.signal);
  let complete = false;
  try {
    const response = await call.open(guard.signal);
    const incoming = streamOf(response);
    const parts: LlmStreamPart[] = [];
    if (incoming) yield* readStream(incoming, guard, decoder, clock, parts);
    else decodeWhole(await response.text(), response, call, parts);
    complete = decoder.complete;
    if (!complete) throw malformed(settings, 'ended its answer without saying that it is complete.');
    decoder.finish(parts);
    yield* parts;
  } catch (error) {
    yield { type: 'error', error: toLlmError(error, settings, guard, clock.now()) };
  } finally {
    guard.close({ abort: !complete });
  }
}

async function* readStream(
  incoming: IncomingMessage,
  guard: CallGuard,
  decoder: StreamDecoder,
  clock: Clock,
  parts: LlmStreamPart[],
): AsyncGenerator<LlmStreamPart> {
  const parser = new SseParser();
  try {
    for await (const chunk of readChunks(incoming, guard.signal)) {
      guard.heard();
      const failure = decodeAll(parser.push(chunk), decoder, parts);
      for (const part of parts) yield part;
      parts.length = 0;
      if (failure) throw failure.error;
      if (decoder.ended) return;
    }
    for (const data of parser.end()) decoder.decode(data, parts);
  } finally {
    if (decoder.ended) drain(incoming, clock);
    else incoming.destroy();
  }
}

/** What was said before an event that cannot be read still counts, however the packets fell. */
function decodeAll(
  events: readonly string[],
  decoder: StreamDecoder,
  parts: LlmStreamPart[],
): { readonly error: unknown } | undefined {
  try {
    for (const data of events) decoder.decode(data, parts);
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** Lets a complete answer end by itself, so that its connection can be used again. */
function drain(incoming: IncomingMessage, clock: Clock): void {
  if (incoming.readableEnded || incoming.destroyed) return;
  const cancel = clock.after(DRAIN_LIMIT_MS, () => incoming.destroy());
  incoming.once('close', cancel).resume();
}

/** Some proxies answer a request for a stream with one JSON object. */
function decodeWhole(text: string, response: Response, call: StreamCall, parts: LlmStreamPart[]): void {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!type.includes('json'))
    throw malformed(call.settings, `answered with ${type} in place of an event stream.`);
  call.decoder.decode(text, parts);
}
