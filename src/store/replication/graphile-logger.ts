import type { Logger } from '@nestjs/common';
import type { LogFunctionFactory } from 'graphile-worker';

/** What graphile-worker has to say, in the log of the program: its troubles as warnings, its joys as details. */
export function graphileLog(logger: Logger): LogFunctionFactory {
  return () => (level, message) => {
    if (level === 'error' || level === 'warning') logger.warn(message);
    else logger.debug(message);
  };
}
