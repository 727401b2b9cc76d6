import type { LlmErrorKind } from '#contracts';

const TRY_AGAIN = 'Please try again in a moment.';
const UNKNOWN = `Sorry, something went wrong while I was working on this. ${TRY_AGAIN}`;

/** What a person is told of a failed LLM call, by its kind; without the warning sign in front. */
export const LLM_ERROR_TEXT: Readonly<Record<LlmErrorKind, string>> = {
  'context-overflow':
    'This conversation has become too long for the model. Send /new to start a new one, or ask in fewer words.',
  'bad-request':
    'The model did not accept this conversation. Please try again; if it happens again, send /new to start a new one.',
  'rate-limited': 'The model provider limits how fast it can be asked. Please wait a moment and try again.',
  overloaded: `The model is overloaded at the moment. ${TRY_AGAIN}`,
  billing:
    "The model provider refused because of billing: its account may be out of credit. Please tell the gateway's administrator.",
  authentication:
    "The model provider did not accept the gateway's credentials. Please tell the gateway's administrator to check the API key.",
  timeout: 'The model took too long to answer. Please try again, perhaps with a smaller request.',
  'model-not-found':
    "The configured model does not exist at its provider. Please tell the gateway's administrator to check the agent's model.",
  'no-provider':
    "No model provider is set up for this agent. Please tell the gateway's administrator to configure one and its API key.",
  aborted: 'Stopped before the answer was complete.',
  server: UNKNOWN,
  network: UNKNOWN,
  'malformed-response': UNKNOWN,
};

/** For an error of which nothing is known that could be shown. */
export const UNKNOWN_ERROR_TEXT = UNKNOWN;
