import { HttpException } from '@nestjs/common';
import { AgentError } from '#agent';
import { AppError } from '#kernel';
import { PermissionError } from '#permissions';
import type { ErrorCode } from '#protocol';
import { HttpError } from '../http.errors.js';
import { codeOfStatus, STATUS_OF_CODE, typeOfStatus } from './error-status.js';

/** An error as HTTP tells it, whatever shape the route uses. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  /** What OpenAI's clients read as `code`: finer than ours. */
  readonly detailCode: string;
  readonly type: string;
  readonly message: string;
  readonly param?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

/** `undefined`: an error that nobody foresaw, of which nothing may be told. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof AppError) return ofAppError(error);
  const status = statusOf(error);
  if (status === undefined || status >= 500 || !(error instanceof Error)) return undefined;
  return ofStatus(status, messageOf(error, status));
}

export function ofStatus(status: number, message: string): Problem {
  const code = codeOfStatus(status);
  const type = typeOfStatus(status);
  return { status, code, detailCode: DETAIL_CODES[status] ?? snake(code), type, message, retryable: false };
}

/** The answer to an error that nobody foresaw. */
export function internalProblem(requestId: string): Problem {
  const message = `Something went wrong in the gateway. It was logged under the request id ${requestId}.`;
  return { ...ofStatus(500, message), retryable: true };
}

const DETAIL_CODES: Readonly<Record<number, string>> = {
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** Fastify's own wording, where it does not say what to do. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as JSON, with the header Content-Type: application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty. Send a JSON object.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_REQ_FILE_TOO_LARGE: 'The file is too large: a package has at most 20 MiB.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large. Send images by URL, or make them smaller.',
};

function ofAppError(error: AppError): Problem {
  const { code, message, details, retryAfterMs } = error;
  const status = statusOfReason(error) ?? STATUS_OF_CODE[code];
  const param = paramOf(error);
  return {
    status,
    code,
    detailCode: detailCodeOf(error),
    type: typeOfStatus(status),
    message,
    ...(param !== undefined && { param }),
    ...(details && { details }),
    retryable: error.retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Where HTTP has a finer status than the error's code. */
function statusOfReason(error: AppError): number | undefined {
  if (error instanceof PermissionError && error.reason === 'unauthenticated') return 401;
  return error instanceof HttpError && error.reason === 'position-void' ? 409 : undefined;
}

function detailCodeOf(error: AppError): string {
  if (error instanceof AgentError && error.reason === 'agent-not-found') return 'model_not_found';
  if (error instanceof PermissionError && error.reason === 'unauthenticated') return 'invalid_api_key';
  if (error instanceof AgentError || error instanceof HttpError) return snake(error.reason);
  return error.code === 'RESOURCE_EXHAUSTED' ? 'rate_limit_exceeded' : snake(error.code);
}

function paramOf(error: AppError): string | undefined {
  if (error instanceof HttpError) return error.param;
  const param = error.details?.['param'];
  if (typeof param === 'string') return param;
  return error instanceof AgentError && error.reason === 'agent-not-found' ? 'model' : undefined;
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : undefined;
}

function messageOf(error: Error, status: number): string {
  const source = error instanceof HttpException && error.cause instanceof Error ? error.cause : error;
  const code: unknown = 'code' in source ? source.code : undefined;
  const known = typeof code === 'string' ? MESSAGES[code] : undefined;
  if (known) return known;
  return status === 400 && source instanceof SyntaxError
    ? `The body is not valid JSON: ${source.message}`
    : error.message;
}

function snake(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
