import type { AcceptedRun, RunResult } from '#agent';
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

  constructor({ runId }: AcceptedRun) {
    this.id = responseId(runId);
    this.startedAt = createdAt(runId);
  }

  begin(): string {
    const response = { id: this.id, status: 'in_progress', created_at: this.startedAt };
    return event({ type: 'response.started', response });
  }

  text(content: string): string {
    return event({ type: 'response.delta', delta: { type: 'content', content } });
  }

  end(result: RunResult): string {
    const { outcome, usage } = result;
    if (outcome === 'completed')
      return event({ type: 'response.done', response: { id: this.id, status: 'completed', usage } });
    return this.error('run_failed', failureOf(result).message);
  }

  error(_code: string, message: string): string {
    return event({ type: 'response.done', response: { id: this.id, status: 'failed', error: message } });
  }
}

function event(payload: object): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}
