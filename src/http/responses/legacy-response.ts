import type { AcceptedRun, RunResult } from '#agent';
import { EventNumbers } from '../sse/event-numbers.js';
import { failureOf } from '../runs/run-outcome.js';
import { createdAt, responseId } from './response-id.js';

/** The answer to the older form of a request, with `messages`: what clients of the first GoClaw expect. */
export function legacyResponse({ runId }: AcceptedRun, { content, usage }: RunResult): object {
  return {
    id: responseId(runId),
    status: 'completed',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'text', text: content }] }],
    usage,
  };
}

/** The same as a stream. */
export class LegacyEvents {
  private readonly id: string;
  private readonly startedAt: number;

  constructor(
    { runId }: AcceptedRun,
    private readonly numbers = new EventNumbers(),
  ) {
    this.id = responseId(runId);
    this.startedAt = createdAt(runId);
  }

  begin(): string {
    const response = { id: this.id, status: 'in_progress', created_at: this.startedAt };
    return this.event({ type: 'response.started', response });
  }

  attempt(attempt: number): void {
    this.numbers.enter(attempt);
  }

  text(content: string): string {
    return this.event({ type: 'response.delta', delta: { type: 'content', content } });
  }

  end(result: RunResult): string {
    const { outcome, usage } = result;
    if (outcome === 'completed')
      return this.event({ type: 'response.done', response: { id: this.id, status: 'completed', usage } });
    return this.event(this.failure(failureOf(result).message));
  }

  error(_code: string, message: string): string {
    return eventOf(Math.max(0, this.numbers.last), this.failure(message));
  }

  private failure(error: string): object {
    return { type: 'response.done', response: { id: this.id, status: 'failed', error } };
  }

  private event(payload: object): string {
    const number = this.numbers.take();
    return number === undefined ? '' : eventOf(number, payload);
  }
}

function eventOf(id: number, payload: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(payload)}\n\n`;
}
