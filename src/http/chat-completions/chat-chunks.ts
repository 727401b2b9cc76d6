import type { AcceptedRun, RunResult } from '#agent';
import { modelOfAgent } from '../input/agent-choice.js';
import type { EventNumbers } from '../sse/event-numbers.js';
import { completionId } from './completion-id.js';
import { finishReason } from './finish-reason.js';
import { completionUsage } from './completion-usage.js';

export interface ChunkOptions {
  readonly model: string | undefined;
  readonly includeUsage: boolean;
  readonly nowMs: number;
}

/**
 * The events of one streamed chat completion, as they stand on the wire. All that is the same in every chunk is
 * written once: there is one chunk for every few characters of every answer.
 */
export class ChatChunks {
  private readonly head: string;
  private readonly usageField: string;
  private begun = false;

  constructor(
    { runId, agentKey }: AcceptedRun,
    private readonly options: ChunkOptions,
    private readonly numbers: EventNumbers,
  ) {
    const shared = {
      id: completionId(runId),
      object: 'chat.completion.chunk',
      created: Math.floor(options.nowMs / 1_000),
      model: options.model ?? modelOfAgent(agentKey),
    };
    this.head = `data: ${JSON.stringify(shared).slice(0, -1)},"choices":[`;
    this.usageField = options.includeUsage ? ',"usage":null' : '';
  }

  text(content: string): string {
    return `${this.beginning()}${this.choice(`"content":${JSON.stringify(content)}`, 'null')}`;
  }

  end({ usage, cut }: Pick<RunResult, 'usage' | 'cut'>): string {
    const last = `${this.beginning()}${this.choice('', JSON.stringify(finishReason(cut)))}`;
    const tokens = this.options.includeUsage
      ? this.event(`${this.head}],"usage":${JSON.stringify(completionUsage(usage))}}`)
      : '';
    return `${last}${tokens}${this.event('data: [DONE]')}`;
  }

  /** The chunk that names the role, when it was not sent yet. */
  private beginning(): string {
    if (this.begun) return '';
    this.begun = true;
    return this.choice('"role":"assistant","content":"","refusal":null', 'null');
  }

  private choice(delta: string, reason: string): string {
    return this.event(
      `${this.head}{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${reason}}]${this.usageField}}`,
    );
  }

  private event(data: string): string {
    const id = this.numbers.take();
    return id === undefined ? '' : `id: ${id}\n${data}\n\n`;
  }
}
