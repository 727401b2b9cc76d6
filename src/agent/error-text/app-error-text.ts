import type { ErrorCode } from '#protocol';
import { UNKNOWN_ERROR_TEXT } from './llm-error-text.js';

/** What a person is told of a failure of the gateway itself, by its code; without the warning sign in front. */
export const APP_ERROR_TEXT: Readonly<Record<ErrorCode, string>> = {
  INVALID_REQUEST: 'This message could not be taken as it is. Please rephrase it and try again.',
  UNAUTHORIZED: "You may not do this here. The gateway's administrator can allow it.",
  NOT_FOUND: 'What you asked for does not exist, or is not yours to see.',
  ALREADY_EXISTS: 'This has been done already.',
  FAILED_PRECONDITION: 'This is not possible right now. Please check what is asked for and try again.',
  RESOURCE_EXHAUSTED:
    'A limit has been reached. Please try again later, or ask the administrator to raise it.',
  UNAVAILABLE: 'The service is not available at the moment. Please try again shortly.',
  AGENT_TIMEOUT: 'This took too long and was stopped. Please try again, perhaps in smaller steps.',
  NOT_LINKED: 'This channel is not connected. Please ask the administrator to link it.',
  NOT_PAIRED: 'This conversation is not paired with the gateway yet. Please pair it first.',
  INTERNAL: UNKNOWN_ERROR_TEXT,
};
