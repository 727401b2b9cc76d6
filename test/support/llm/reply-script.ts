import { Gate } from './gate.js';
import type { ReceivedRequest } from './received-request.js';
import {
  type Failure,
  type Fault,
  type Reply,
  type ReplyLike,
  type Responder,
  type ScriptedToolCall,
  toReply,
} from './reply.js';

export type BrokenReply = Reply & { readonly message?: string };

const GIANT_DELTA_CHARS = 65_536;

/** Replies in the order in which they are to be given, then a standing answer, if there is one. */
export class ReplyScript {
  private readonly queue: Reply[] = [];
  private standing: Responder | undefined;

  /** The next call gets this. */
  reply(reply: ReplyLike): this {
    this.queue.push(toReply(reply));
    return this;
  }

  /** The next call gets tool calls, after some text if there is any. */
  replyToolCalls(toolCalls: readonly ScriptedToolCall[], reply: Reply = {}): this {
    return this.reply({ ...reply, toolCalls });
  }

  /** The next call fails with this status, as the vendor says it. */
  fail(status: number, failure: Omit<Failure, 'status'> = {}): this {
    return this.reply({ failure: { status, ...failure } });
  }

  /** The connection of the next call is destroyed after some deltas. */
  cutAfter(deltas: number, reply?: BrokenReply): this {
    return this.broken('cut', deltas, reply);
  }

  /** The stream of the next call ends after some deltas without a finish. */
  endAfter(deltas: number, reply?: BrokenReply): this {
    return this.broken('end', deltas, reply);
  }

  /** The next call gets some deltas, then nothing more. */
  hangAfter(deltas: number, reply?: BrokenReply): this {
    return this.broken('hang', deltas, reply);
  }

  /** The next call gets an event that is no JSON, after some deltas. */
  malformed(deltas = 0, reply?: BrokenReply): this {
    return this.broken('malformed', deltas, reply);
  }

  /** The next call gets the vendor's error event, after some deltas. */
  errorAfter(deltas: number, reply?: BrokenReply): this {
    return this.broken('error', deltas, reply);
  }

  /** The next call is never answered. */
  hang(): this {
    return this.reply({ silence: 'hang' });
  }

  /** The connection of the next call is destroyed before a first byte. */
  reset(): this {
    return this.reply({ silence: 'reset' });
  }

  /** The next call gets a tool call whose arguments are no JSON. */
  invalidToolArguments(name = 'read_file', raw = '{"path": "a.tx'): this {
    return this.replyToolCalls([{ name, arguments: raw }]);
  }

  /** The next call gets this many characters of text, in deltas of 64 KiB. */
  giant(chars: number): this {
    function* text(): Generator<string> {
      for (let left = chars; left > 0; left -= GIANT_DELTA_CHARS)
        yield 'x'.repeat(Math.min(left, GIANT_DELTA_CHARS));
    }
    return this.reply({ text: text() });
  }

  /** The next call waits until the test sends and releases. */
  gate(): Gate {
    const gate = new Gate();
    this.reply({ gate });
    return gate;
  }

  /** Every call for which nothing else is scripted gets what the function says. */
  respond(responder: Responder): this {
    this.standing = responder;
    return this;
  }

  /** For the server: what this call gets; `undefined` when nothing is left. */
  take(request: ReceivedRequest): Reply | undefined {
    const next = this.queue.shift();
    if (next) return next;
    return this.standing ? toReply(this.standing(request)) : undefined;
  }

  /** Scripted replies that nobody asked for. */
  get unused(): number {
    return this.queue.length;
  }

  private broken(kind: Fault['kind'], afterDeltas: number, reply: BrokenReply = {}): this {
    const { message, ...rest } = reply;
    const text = rest.text ?? Array.from({ length: afterDeltas + 2 }, (_, index) => `delta-${index + 1} `);
    return this.reply({
      ...rest,
      text,
      fault: { kind, afterDeltas, ...(message === undefined ? {} : { message }) },
    });
  }
}
