import type { Problem } from './problem.js';

/** Routes that OpenAI's clients speak to: their errors have OpenAI's shape. */
const OPENAI_ROUTE = /^\/v1\/(chat\/completions|responses|models)(\/|\?|$)/;

export function isOpenAiRoute(url: string): boolean {
  return OPENAI_ROUTE.test(url);
}

/** OpenAI's shape; also the payload of an error event in a stream. */
export function openAiErrorBody({ message, type, param, detailCode }: Problem): object {
  return { error: { message, type, param: param ?? null, code: detailCode } };
}

/** The shape of every other route. */
export function errorBody({ code, message, type, param, details }: Problem): object {
  return {
    error: { code, message, type, ...(param !== undefined && { param }), ...(details && { details }) },
  };
}
