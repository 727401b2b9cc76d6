import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';

/** One thing wrong with the configuration. `path` is dotted, e.g. `gateway.port`. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}

/** The configuration cannot be used. Lists every issue at once. */
export class ConfigError extends AppError {
  constructor(
    readonly source: string,
    readonly issues: readonly ConfigIssue[],
    cause?: unknown,
  ) {
    const lines = issues.map(({ path, message }) => (path ? `  ${path}: ${message}` : `  ${message}`));
    super(ErrorCode.INVALID_REQUEST, `The configuration (${source}) cannot be used:\n${lines.join('\n')}`, {
      cause,
      details: { issues },
    });
  }
}
