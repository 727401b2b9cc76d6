import { createHash } from 'node:crypto';
import type { LlmError, LlmFinishReason, LlmUsage, ThinkingBlock, ToolCall } from '#contracts';
import type { ChainOptions, ChainRequest, ProviderChain } from '#providers';
import type { ModelTarget } from '../resolver/agent-runtime.js';
import type { RunText } from '../sanitise/run-text.js';

/** Longest id and name of a call that a transcript can keep (`session_messages.tool_call_id`, `tool_name`). */
const CALL_FIELD_MAX_CHARS = 200;

/** Where the pieces of an answer go while they come. */
export interface TurnListener {
  onText(visible: string): void;
  onThinking(text: string): void;
}

/** One answer of a model. */
export interface LlmTurn {
  /** The visible text of this answer. */
  readonly text: string;
  readonly thinking: readonly ThinkingBlock[];
  readonly toolCalls: readonly ToolCall[];
  readonly usage: LlmUsage | undefined;
  readonly finish: LlmFinishReason | undefined;
  readonly error: LlmError | undefined;
}

/** Asks the models in turn and passes on what may be shown, as it comes. Never throws: see `error`. */
export async function takeTurn(
  chain: ProviderChain,
  targets: readonly ModelTarget[],
  request: ChainRequest,
  options: ChainOptions,
  runText: RunText,
  listener: TurnListener,
): Promise<LlmTurn> {
  const before = runText.content.length;
  const thinking: ThinkingBlock[] = [];
  const toolCalls: ToolCall[] = [];
  let usage: LlmUsage | undefined;
  let finish: LlmFinishReason | undefined;
  let error: LlmError | undefined;
  const show = (visible: string): void => {
    if (visible !== '') listener.onText(visible);
  };
  runText.beginIteration();
  for await (const part of chain.stream(targets, request, options)) {
    switch (part.type) {
      case 'text-delta':
        show(runText.push(part.text));
        break;
      case 'thinking-delta':
        listener.onThinking(part.text);
        break;
      case 'thinking-block':
        thinking.push(part.block);
        break;
      case 'tool-call':
        toolCalls.push(storable(part.call));
        break;
      case 'usage':
        usage = part.usage;
        break;
      case 'finish':
        finish = part.reason;
        break;
      case 'error':
        error = part.error;
    }
  }
  show(runText.endIteration());
  // The blank line between two iterations is no part of this answer.
  const text = runText.content.slice(before).replace(/^\n+/, '');
  return { text, thinking, toolCalls, usage, finish, error };
}

/** A model may answer anything: an overlong id is replaced by a short one, an overlong name is cut. */
function storable(call: ToolCall): ToolCall {
  const { id, name } = call;
  if (id.length <= CALL_FIELD_MAX_CHARS && name.length <= CALL_FIELD_MAX_CHARS) return call;
  const shortId = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return {
    ...call,
    id: id.length <= CALL_FIELD_MAX_CHARS ? id : `call_${shortId}`,
    name: name.slice(0, CALL_FIELD_MAX_CHARS).toWellFormed(),
  };
}
