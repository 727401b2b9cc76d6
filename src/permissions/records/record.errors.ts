import { AppError, type AppErrorOptions } from '#kernel';
import { ErrorCode } from '#protocol';

export type RecordReason = 'not-found' | 'invalid' | 'taken' | 'precondition' | 'forbidden';

const CODES: Record<RecordReason, ErrorCode> = {
  'not-found': ErrorCode.NOT_FOUND,
  invalid: ErrorCode.INVALID_REQUEST,
  taken: ErrorCode.ALREADY_EXISTS,
  precondition: ErrorCode.FAILED_PRECONDITION,
  forbidden: ErrorCode.UNAUTHORIZED,
};

/** A record (a provider, a tool, a channel instance, …) cannot be read or changed as asked. */
export class RecordError extends AppError {
  constructor(
    readonly reason: RecordReason,
    message: string,
    options: AppErrorOptions & { readonly param?: string } = {},
  ) {
    const { param, ...rest } = options;
    super(CODES[reason], message, param === undefined ? rest : { ...rest, details: { param } });
  }
}

/** A field of the input does not fit. */
export function badField(param: string, expectation: string): RecordError {
  return new RecordError('invalid', `${param} ${expectation}${expectation.endsWith('?') ? '' : '.'}`, {
    param,
  });
}
