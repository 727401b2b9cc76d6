import type { Answer } from './answer.js';
import type { Gate } from './gate.js';
import { deltasOf, type Fault, finishOf, type Reply, usageOf } from './reply.js';
import type { StreamEncoder } from './wire-format.js';

const MALFORMED_EVENT = 'data: {"choices":[{"delta":{"content":"brok\n\n';
const MALFORMED_NAMED_EVENT = 'event: content_block_delta\ndata: {"type":"content_block_del\n\n';

/** Sends one reply in the client's wire format, streamed or whole. */
export async function playReply(reply: Reply, answer: Answer): Promise<void> {
  const { request } = answer;
  if (reply.gate) return request.stream ? playGate(reply.gate, answer) : playWholeGate(reply.gate, answer);
  await answer.pause(reply.latencyMs ?? 0);
  if (reply.silence === 'hang') return;
  if (reply.silence === 'reset') return answer.destroy();
  if (reply.failure) return answer.fail(reply.failure);
  if (!request.stream) return playWhole(reply, answer);
  await playStream(reply, answer, answer.format.encoder(request), new Progress(reply, ''));
}

/** What was said so far, for the usage. */
class Progress {
  deltas = 0;
  private chars = 0;
  private readonly reply: Reply;

  constructor(reply: Reply, said: string) {
    this.reply = reply;
    this.chars = said.length;
  }

  count(text: string): void {
    this.deltas++;
    this.chars += text.length;
  }

  usage(answer: Answer): ReturnType<typeof usageOf> {
    return usageOf(this.reply, answer.request.rawBody.length, this.chars);
  }
}

async function playStream(
  reply: Reply,
  answer: Answer,
  encoder: StreamEncoder,
  progress: Progress,
): Promise<void> {
  const start = answer.headSent ? '' : encoder.start(progress.usage(answer));
  if (reply.delayMs === undefined && reply.fault === undefined && isSmall(reply)) {
    let all = start;
    for (const event of events(reply, encoder, progress)) all += event;
    return answer.end(all + encoder.finish(finishOf(reply), progress.usage(answer)));
  }
  await answer.write(start);
  const began = performance.now();
  const pieces = events(reply, encoder, progress);
  for (;;) {
    // By the clock, not by the last delta: a late timer must not slow the stream down. And before the next delta
    // is made, so that a lazy one is made when it is sent.
    if (reply.delayMs !== undefined)
      await answer.pause(began + reply.delayMs * progress.deltas - performance.now());
    const next = pieces.next();
    if (next.done === true) break;
    if (reply.fault && progress.deltas > reply.fault.afterDeltas)
      return breakStream(reply.fault, answer, encoder);
    await answer.write(next.value);
    if (answer.closed) return;
  }
  if (reply.fault) return breakStream(reply.fault, answer, encoder);
  answer.end(encoder.finish(finishOf(reply), progress.usage(answer)));
}

function* events(reply: Reply, encoder: StreamEncoder, progress: Progress): Generator<string> {
  for (const delta of deltasOf(reply.thinking)) {
    progress.count(delta);
    yield encoder.thinking(delta);
  }
  if (reply.thinking !== undefined) yield encoder.sign(reply.signature ?? '');
  if (reply.redactedThinking !== undefined) yield encoder.redacted(reply.redactedThinking);
  for (const delta of deltasOf(reply.text)) {
    progress.count(delta);
    yield encoder.text(delta);
  }
  for (const [index, call] of (reply.toolCalls ?? []).entries()) {
    for (const event of encoder.toolCall(call, index)) {
      progress.count('');
      yield event;
    }
  }
}

async function breakStream(fault: Fault, answer: Answer, encoder: StreamEncoder): Promise<void> {
  if (fault.kind === 'hang') return;
  if (fault.kind === 'end') return answer.end();
  if (fault.kind === 'error') return answer.end(encoder.error(fault.message ?? 'Overloaded'));
  if (fault.kind === 'malformed')
    return answer.end(answer.request.format === 'openai' ? MALFORMED_EVENT : MALFORMED_NAMED_EVENT);
  // What was written must arrive before the connection breaks.
  await answer.pause(CUT_DELAY_MS);
  answer.destroy();
}

const CUT_DELAY_MS = 5;

async function playGate(gate: Gate, answer: Answer): Promise<void> {
  const encoder = answer.format.encoder(answer.request);
  gate.enter(answer.request);
  let said = '';
  for (;;) {
    const step = await gate.next();
    if ('rest' in step) {
      if (!answer.headSent) {
        if (step.rest.failure) return answer.fail(step.rest.failure);
        if (step.rest.silence === 'reset') return answer.destroy();
      }
      return playStream(step.rest, answer, encoder, new Progress(step.rest, said));
    }
    said += step.delta;
    const start = answer.headSent ? '' : encoder.start(usageOf({}, answer.request.rawBody.length, 0));
    await answer.write(start + encoder.text(step.delta));
  }
}

async function playWholeGate(gate: Gate, answer: Answer): Promise<void> {
  gate.enter(answer.request);
  let said = '';
  for (;;) {
    const step = await gate.next();
    if ('rest' in step)
      return playReply({ ...step.rest, text: said + [...deltasOf(step.rest.text)].join('') }, answer);
    said += step.delta;
  }
}

function playWhole(reply: Reply, answer: Answer): void {
  if (reply.fault?.kind === 'hang') return;
  if (reply.fault?.kind === 'malformed') return answer.fail({ status: 200, rawBody: '{"id": "brok' });
  if (reply.fault?.kind === 'error') return answer.fail({ status: 500 });
  if (reply.fault) return answer.destroy();
  const text = [...deltasOf(reply.text)].join('');
  const thinking = [...deltasOf(reply.thinking)].join('');
  const usage = usageOf(reply, answer.request.rawBody.length, text.length + thinking.length);
  answer.json(
    200,
    answer.format.whole(answer.request, { text, thinking, reply, finish: finishOf(reply), usage }),
  );
}

/** Only known, small text goes out in one write; a lazy one is sent as it is made. */
function isSmall({ text }: Reply): boolean {
  return text === undefined || typeof text === 'string' || Array.isArray(text);
}
