import { ApiResponse } from '@nestjs/swagger';
import { ErrorDto, OpenAiErrorDto } from './dto/error.dto.js';

const TEXTS: Readonly<Record<number, string>> = {
  400: 'A parameter is missing, wrong, or not supported; `param` says which.',
  401: 'The token is missing or wrong.',
  403: 'The caller may not do this.',
  404: 'It does not exist, or is not the caller’s.',
  409: 'The idempotency key was used for another request.',
  413: 'The body is too large.',
  429: 'Too many requests. `Retry-After` says how long to wait.',
  503: 'The gateway or its model provider is not available at the moment.',
};

export function openAiErrors(...statuses: number[]): MethodDecorator[] {
  return statuses.map((status) => error(status, OpenAiErrorDto));
}

export function errors(...statuses: number[]): MethodDecorator[] {
  return statuses.map((status) => error(status, ErrorDto));
}

function error(status: number, type: typeof ErrorDto | typeof OpenAiErrorDto): MethodDecorator {
  return ApiResponse({ status, type, description: TEXTS[status] ?? '' });
}
