import { asRecord, type Json, records, text } from '../json.js';
import type { ReceivedRequest } from '../received-request.js';
import type { Failure } from '../reply.js';
import { blocksOf } from './anthropic-conversation.js';

const MAX_CACHE_BREAKPOINTS = 4;
const MIN_THINKING_TOKENS = 1024;

/** The rules of the API: key, version, limits, order of blocks, cache breakpoints, thinking. */
export function anthropicObjection(request: ReceivedRequest): Failure | undefined {
  if (request.apiKey === '') return { status: 401, message: 'x-api-key header is required' };
  if (request.headers['anthropic-version'] === undefined)
    return { status: 400, message: 'anthropic-version: header is required' };
  const problem = limitProblem(request.body) ?? messageProblem(records(request.body['messages']));
  return problem === undefined ? undefined : { status: 400, message: problem };
}

function limitProblem(body: Json): string | undefined {
  const maxTokens = body['max_tokens'];
  if (typeof maxTokens !== 'number') return 'max_tokens: Field required';
  if (text(body['model']) === '') return 'model: Field required';
  const breakpoints = JSON.stringify(body).split('"cache_control":{').length - 1;
  if (breakpoints > MAX_CACHE_BREAKPOINTS)
    return `A maximum of ${MAX_CACHE_BREAKPOINTS} blocks with cache_control may be provided. Found ${breakpoints}.`;
  const thinking = asRecord(body['thinking']);
  if (thinking['type'] !== 'enabled') return undefined;
  const budget = Number(thinking['budget_tokens']);
  if (budget < MIN_THINKING_TOKENS)
    return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  if (budget >= maxTokens) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  const temperature = body['temperature'];
  if (temperature !== undefined && temperature !== 1)
    return '`temperature` may only be set to 1 when thinking is enabled.';
  return undefined;
}

function messageProblem(messages: readonly Json[]): string | undefined {
  if (messages.length === 0) return 'messages: at least one message is required';
  if (messages[0]?.['role'] !== 'user') return 'messages: first message must use the "user" role';
  let pending = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message['content']);
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`;
    if (blocks.some((block) => block['type'] === 'text' && text(block['text']) === ''))
      return `messages.${index}: text content blocks must be non-empty`;
    const leading = new Set<string>();
    for (const block of blocks) {
      if (block['type'] !== 'tool_result') break;
      leading.add(text(block['tool_use_id']));
    }
    const stray = blocks.find(
      (block) => block['type'] === 'tool_result' && !pending.has(text(block['tool_use_id'])),
    );
    if (stray)
      return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${text(stray['tool_use_id'])}.`;
    const missing = [...pending].filter((id) => !leading.has(id));
    if (missing.length > 0) return unanswered(index, missing);
    pending = new Set(
      blocks.filter((block) => block['type'] === 'tool_use').map((block) => text(block['id'])),
    );
  }
  return pending.size > 0 ? unanswered(messages.length, [...pending]) : undefined;
}

function unanswered(index: number, ids: readonly string[]): string {
  return (
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
    `${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
  );
}
