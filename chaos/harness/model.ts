import { type ReceivedRequest, ScriptedLlm } from '../../test/support/llm/index.js';
import type { Reply } from '../../test/support/llm/reply.js';
import { answerPieces, BEFORE_EDIT, fileOf, type Message, messageOf, traceOf } from './message.js';
import type { Moments } from './moments.js';
import { Random } from './random.js';

const SUMMARY_PROMPT = /^You write the summary/;
const SUMMARY_MS = 150;
const PIECE_MS = { min: 4, max: 16 } as const;
/** What is replaced in a session's file by a trace and itself. */
const END_OF_FILE = '#end#';

/** A reply of a scenario's own in place of the usual one. `calls`: how often this message was asked about, with this. */
export type Interference = (message: Message, calls: number, request: ReceivedRequest) => Reply | undefined;

/**
 * A model whose every answer follows from the message alone, so that an answer is right or wrong whenever and wherever
 * it is given. It says where it is, and keeps how often it was asked.
 */
export class Model implements AsyncDisposable {
  /** Calls by id of the message. */
  readonly calls = new Map<string, number>();
  /** Messages whose edit was told to have an unknown outcome. */
  readonly unknownEdits = new Set<string>();
  summaries = 0;
  interfere: Interference = () => undefined;
  readonly llm: ScriptedLlm;
  private readonly seed: number;
  private readonly moments: Moments;

  private constructor(llm: ScriptedLlm, seed: number, moments: Moments) {
    this.llm = llm;
    this.seed = seed;
    this.moments = moments;
    llm.respond((request) => this.reply(request));
  }

  static async start(seed: number, moments: Moments): Promise<Model> {
    return new Model(await ScriptedLlm.start({ keepRequests: 0 }), seed, moments);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.llm[Symbol.asyncDispose]();
  }

  private reply(request: ReceivedRequest): Reply {
    if (SUMMARY_PROMPT.test(request.system)) return this.summary();
    const at = request.messages.findLastIndex(({ role }) => role === 'user');
    const message = messageOf(request.messages[at]?.text ?? '');
    if (!message) throw new Error(`this is no message of a scenario: ${request.lastUserText.slice(0, 200)}`);
    const calls = (this.calls.get(message.id) ?? 0) + 1;
    this.calls.set(message.id, calls);
    const since = request.messages.slice(at + 1);
    if (since.some(({ role, text }) => role === 'tool' && /unknown/i.test(text)))
      this.unknownEdits.add(message.id);
    const other = this.interfere(message, calls, request);
    if (other) return other;
    if (message.kind === 'edit' && !since.some(({ role }) => role === 'assistant')) return this.edit(message);
    return this.answer(message);
  }

  private summary(): Reply {
    this.summaries++;
    this.moments.reach('compacting');
    return { text: `Summary ${this.summaries}: they spoke of landscapes.`, latencyMs: SUMMARY_MS };
  }

  private edit(message: Message): Reply {
    const path = fileOf(message.session);
    const traced = `${traceOf(message)}\n${END_OF_FILE}`;
    const first = message.number === 1;
    const call = first
      ? { name: 'write_file', arguments: { path, content: traced } }
      : { name: 'edit_file', arguments: { path, old_string: END_OF_FILE, new_string: traced } };
    return { text: [BEFORE_EDIT], toolCalls: [call] };
  }

  /** The answer as this model gives it; a scenario may change how it comes. */
  answer(message: Message, changes: Reply = {}): Reply {
    const random = new Random(this.seed).fork(`pace of ${message.id}`);
    return {
      text: this.pieces(message),
      delayMs: random.int(PIECE_MS.min, PIECE_MS.max),
      ...changes,
    };
  }

  private *pieces(message: Message): Generator<string> {
    for (const [index, piece] of answerPieces(message, this.seed).entries()) {
      if (index > 0) this.moments.reach('streaming');
      yield piece;
    }
    this.moments.reach('answered');
  }
}
