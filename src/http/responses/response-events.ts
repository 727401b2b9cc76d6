import type { AcceptedRun, RunResult } from '#agent';
import { EventNumbers } from '../sse/event-numbers.js';
import { endedResponse, openResponse, outputMessage, outputText } from './response-object.js';
import { messageId } from './response-id.js';
import type { ResponseRequest } from './response-request.js';

/**
 * The events of one streamed response, as they stand on the wire. Given the same pieces of text they are the same
 * with the same numbers, so that a stream can be read again from any of them.
 */
export class ResponseEvents {
  private hasMessage = false;
  private readonly place: { item_id: string; output_index: 0; content_index: 0 };

  constructor(
    private readonly run: AcceptedRun,
    private readonly asked?: ResponseRequest,
    private readonly numbers = new EventNumbers(),
  ) {
    this.place = { item_id: messageId(run.runId), output_index: 0, content_index: 0 };
  }

  begin(): string {
    const response = openResponse(this.run, 'in_progress', this.asked);
    return this.event('response.created', { response }) + this.event('response.in_progress', { response });
  }

  attempt(attempt: number): void {
    this.numbers.enter(attempt);
  }

  text(delta: string): string {
    const opening = this.openMessage();
    return opening + this.event('response.output_text.delta', { ...this.place, delta, logprobs: [] });
  }

  end(result: RunResult): string {
    const response = endedResponse(this.run, result, this.asked);
    const { status } = response;
    const isAnswered = status === 'completed' || status === 'incomplete';
    const closing =
      isAnswered || this.hasMessage ? this.closeMessage(result.content, status === 'completed') : '';
    return closing + this.event(isAnswered ? `response.${status}` : 'response.failed', { response });
  }

  /** The stream itself failed, not the run. Its id is that of the last event: from there it can be read on. */
  error(code: string, message: string): string {
    const { last } = this.numbers;
    return eventOf('error', Math.max(0, last), last + 1, { code, message, param: null });
  }

  private openMessage(): string {
    if (this.hasMessage) return '';
    this.hasMessage = true;
    const message = outputMessage(this.run.runId, '', false);
    const item = Object.assign(message, { status: 'in_progress', content: [] });
    return (
      this.event('response.output_item.added', { output_index: 0, item }) +
      this.event('response.content_part.added', { ...this.place, part: outputText('') })
    );
  }

  private closeMessage(text: string, isComplete: boolean): string {
    return (
      this.openMessage() +
      this.event('response.output_text.done', { ...this.place, text, logprobs: [] }) +
      this.event('response.content_part.done', { ...this.place, part: outputText(text) }) +
      this.event('response.output_item.done', {
        output_index: 0,
        item: outputMessage(this.run.runId, text, isComplete),
      })
    );
  }

  private event(type: string, fields: object): string {
    const number = this.numbers.take();
    return number === undefined ? '' : eventOf(type, number, number, fields);
  }
}

function eventOf(type: string, id: number, sequence_number: number, fields: object): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...fields })}\n\n`;
}
