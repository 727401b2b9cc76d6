import type { ReceivedRequest } from './received-request.js';
import type { Failure, Finish, Reply, ScriptedToolCall, ScriptedUsage } from './reply.js';

/** Writes one streamed answer, piece by piece, as text of server-sent events. */
export interface StreamEncoder {
  start(usage: ScriptedUsage | undefined): string;
  thinking(delta: string): string;
  /** Ends a thinking block with its signature. */
  sign(signature: string): string;
  redacted(data: string): string;
  text(delta: string): string;
  /** The events of one tool call; its arguments come in several fragments. */
  toolCall(call: ScriptedToolCall, index: number): string[];
  finish(finish: Finish, usage: ScriptedUsage | undefined): string;
  /** The vendor's error event in the middle of a stream. */
  error(message: string): string;
}

/** A complete reply, for answers that are not streamed. */
export interface WholeReply {
  readonly thinking: string;
  readonly text: string;
  readonly reply: Reply;
  readonly finish: Finish;
  readonly usage: ScriptedUsage | undefined;
}

/** One vendor's API on the wire. */
export interface WireFormat {
  encoder(request: ReceivedRequest): StreamEncoder;
  whole(request: ReceivedRequest, reply: WholeReply): object;
  /** The vendor's error body. */
  failure(failure: Failure): object;
  models(ids: readonly string[]): object;
  headers(): Readonly<Record<string, string>>;
  /** What the vendor would refuse about the request, in its words. */
  objection(request: ReceivedRequest): Failure | undefined;
}

const ARGUMENT_FRAGMENT_CHARS = 12;

/** Tool arguments as a model streams them: in small pieces. */
export function argumentFragments(call: ScriptedToolCall): string[] {
  const whole = argumentsText(call);
  const fragments: string[] = [];
  for (let at = 0; at < whole.length; at += ARGUMENT_FRAGMENT_CHARS)
    fragments.push(whole.slice(at, at + ARGUMENT_FRAGMENT_CHARS));
  return fragments;
}

export function argumentsText(call: ScriptedToolCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}

let counter = 0;

/** A unique id in a vendor's form. */
export function vendorId(prefix: string): string {
  return `${prefix}${(++counter).toString(36).padStart(24, '0')}`;
}
