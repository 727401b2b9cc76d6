import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

export enum ToolsErrorReason {
  /** Two tools claim one name. */
  DUPLICATE_TOOL = 'duplicate-tool',
  /** A provider marked as a tool has no single, long-lived instance. */
  NOT_A_SINGLETON = 'not-a-singleton',
  /** A policy names a profile that does not exist. */
  UNKNOWN_PROFILE = 'unknown-profile',
  /** A file operation was refused or failed; the message is written for the model. */
  FILE = 'file',
  /** A request to the web was refused or failed; the message is written for the model. */
  WEB = 'web',
}

const CODES: Readonly<Record<ToolsErrorReason, ErrorCode>> = {
  [ToolsErrorReason.DUPLICATE_TOOL]: ErrorCode.ALREADY_EXISTS,
  [ToolsErrorReason.NOT_A_SINGLETON]: ErrorCode.INTERNAL,
  [ToolsErrorReason.UNKNOWN_PROFILE]: ErrorCode.INVALID_REQUEST,
  [ToolsErrorReason.FILE]: ErrorCode.FAILED_PRECONDITION,
  [ToolsErrorReason.WEB]: ErrorCode.FAILED_PRECONDITION,
};

/** What the tools module refuses. */
export class ToolsError extends AppError {
  constructor(
    readonly reason: ToolsErrorReason,
    message: string,
    cause?: unknown,
  ) {
    super(CODES[reason], message, { cause });
  }
}
