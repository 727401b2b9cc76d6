import { Logger } from '@nestjs/common';
import { AppError, newId } from '#kernel';
import { ErrorCode, type ErrorShape } from '#protocol';

/** Codes of which a repetition of the same request may succeed. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([ErrorCode.UNAVAILABLE, ErrorCode.RESOURCE_EXHAUSTED]);

const logger = new Logger('Gateway');

/**
 * The one place where errors become the protocol's. What is not an `AppError` is a defect: it is logged under an
 * id, and the caller gets the id alone.
 */
export function toErrorShape(error: unknown, method: string): ErrorShape {
  if (!(error instanceof AppError)) return internal(error, method);
  const { code, message, details, retryAfterMs } = error;
  if (code === ErrorCode.INTERNAL) logger.error(`${method}: ${message}`, error.stack);
  return {
    code,
    message,
    ...(details && { details }),
    ...((error.retryable || RETRYABLE.has(code)) && { retryable: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
  };
}

function internal(error: unknown, method: string): ErrorShape {
  const requestId = newId();
  logger.error(
    `${method} failed (request ${requestId}): ${error instanceof Error ? error.message : String(error)}`,
    error instanceof Error ? error.stack : undefined,
  );
  return {
    code: ErrorCode.INTERNAL,
    message: `The gateway failed to do this. Its log says why under the request id ${requestId}.`,
    details: { requestId },
  };
}
