import { Injectable } from '@nestjs/common';
import { ProviderChain } from '#providers';
import {
  COMPACTION_MAX_TOKENS,
  COMPACTION_TEMPERATURE,
  COMPACTION_TIMEOUT_MS,
  compactionPrompt,
} from '../history/compaction-prompt.js';
import type { TranscriptMessage } from '../history/transcript-message.js';
import type { ModelTarget } from '../resolver/agent-runtime.js';
import { sanitise } from '../sanitise/sanitise.js';

/** Has a model write the short form of a conversation. */
@Injectable()
export class Summariser {
  constructor(private readonly chain: ProviderChain) {}

  /** @throws LlmError when no model answers; Error when the answer is empty or was cut off. */
  async summarise(
    targets: readonly ModelTarget[],
    messages: readonly TranscriptMessage[],
    earlier: string | undefined,
    stopping: AbortSignal,
  ): Promise<string> {
    const sampling = { maxTokens: COMPACTION_MAX_TOKENS, temperature: COMPACTION_TEMPERATURE };
    const request = { ...compactionPrompt(messages, earlier), tools: [], sampling };
    const signal = AbortSignal.any([AbortSignal.timeout(COMPACTION_TIMEOUT_MS), stopping]);
    let text = '';
    for await (const part of this.chain.stream(targets, request, { signal })) {
      if (part.type === 'text-delta') text += part.text;
      if (part.type === 'error') throw part.error;
    }
    const summary = sanitise(text);
    if (summary === '') throw new Error('the summary came back empty');
    return summary;
  }
}
