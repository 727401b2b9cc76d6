import { LlmError } from '#contracts';
import { AppError } from '#kernel';
import { APP_ERROR_TEXT } from './app-error-text.js';
import { LLM_ERROR_TEXT, UNKNOWN_ERROR_TEXT } from './llm-error-text.js';

/** How far the causes of an error are followed in search of a failed LLM call. */
const CAUSE_MAX_DEPTH = 8;

/**
 * What a person in a chat is told of an error: what happened and what to do, never the raw message. A failed LLM
 * call explains best, so it is looked for in the causes first.
 */
export function errorText(error: unknown): string {
  return `⚠️ ${explanation(error)}`;
}

function explanation(error: unknown): string {
  const llmError = findLlmError(error);
  if (llmError !== undefined) return LLM_ERROR_TEXT[llmError.kind];
  return error instanceof AppError ? APP_ERROR_TEXT[error.code] : UNKNOWN_ERROR_TEXT;
}

function findLlmError(error: unknown): LlmError | undefined {
  let current = error;
  for (let depth = 0; depth < CAUSE_MAX_DEPTH && current instanceof Error; depth += 1) {
    if (current instanceof LlmError) return current;
    current = current.cause;
  }
  return undefined;
}
