import { ApiResponse } from '@nestjs/swagger';
import { errorBody, openAiErrorBody } from '../errors/error-body.js';
import { ofStatus, type Problem } from '../errors/problem.js';
import { ErrorDto, OpenAiErrorDto } from './dto/error.dto.js';

interface ErrorText {
  readonly description: string;
  /** A message as the gateway writes it. */
  readonly message: string;
  readonly more?: Partial<Problem>;
}

const TEXTS: Readonly<Record<number, ErrorText>> = {
  400: {
    description: 'A parameter is missing, wrong, or not supported; `param` says which.',
    message: 'limit must be a whole number from 1 to 200.',
    more: { param: 'limit' },
  },
  401: {
    description: 'The token is missing or wrong, or nobody is named whose data is meant.',
    message: 'The API key has expired. Ask an admin for another one.',
    more: { detailCode: 'invalid_api_key', details: { reason: 'unauthenticated' } },
  },
  403: {
    description: 'The caller may not do this.',
    message:
      'permission denied: insufficient role for POST /v1/agents (needs admin, you are operator). Ask an admin.',
    more: { detailCode: 'unauthorized', details: { reason: 'role' } },
  },
  404: {
    description: 'It does not exist, or is not the caller’s.',
    message: 'There is no agent assistent. The list of agents shows those that you may use.',
    more: { detailCode: 'model_not_found' },
  },
  409: {
    description: 'There is one of this name already.',
    message: 'That name is taken. Choose another one, or change what has it.',
  },
  412: {
    description:
      'It was changed since the ETag of `If-Match` was read, or something has to be done before this.',
    message: 'It was changed by somebody else (version 4, not 3). Read it again, then change it.',
    more: { code: 'FAILED_PRECONDITION' },
  },
  413: { description: 'The body is too large.', message: 'The body is too large. Make it smaller.' },
  429: {
    description: 'Too many requests. `Retry-After` says how long to wait.',
    message: 'Too many requests of this user. Try again in 3 seconds.',
    more: { detailCode: 'rate_limit_exceeded' },
  },
  503: {
    description: 'The gateway or its model provider is not available at the moment.',
    message: 'The database is not available at the moment. Try again in a few seconds.',
  },
};

/** What a conflict is on routes that run an agent. */
const KEY_REUSED: ErrorText = {
  description: 'The idempotency key was used for another request.',
  message: 'The Idempotency-Key belongs to another request. Use a new one.',
  more: { detailCode: 'key_reused' },
};

export function openAiErrors(...statuses: number[]): MethodDecorator[] {
  return statuses.map((status) => openAiError(status));
}

export function errors(...statuses: number[]): MethodDecorator[] {
  return statuses.map((status) => error(status));
}

/** @param description what is to be said of it here, instead of what is true everywhere */
export function openAiError(status: number, description?: string): MethodDecorator {
  const text = status === 409 ? KEY_REUSED : textOf(status);
  return ApiResponse({
    status,
    type: OpenAiErrorDto,
    description: description ?? text.description,
    example: openAiErrorBody(problemOf(status, text)),
  });
}

/** @param description what is to be said of it here, instead of what is true everywhere */
export function error(status: number, description?: string): MethodDecorator {
  const text = textOf(status);
  return ApiResponse({
    status,
    type: ErrorDto,
    description: description ?? text.description,
    example: errorBody(problemOf(status, text)),
  });
}

function textOf(status: number): ErrorText {
  const text = TEXTS[status];
  if (!text) throw new TypeError(`Nothing is said about the status ${status}: add it to TEXTS.`);
  return text;
}

function problemOf(status: number, { message, more }: ErrorText): Problem {
  return { ...ofStatus(status, message), ...more };
}
