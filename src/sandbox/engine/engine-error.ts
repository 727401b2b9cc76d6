import { CommandError } from '#contracts';

const NOT_FOUND = 404;

/** Whether the engine said that what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === NOT_FOUND;
}

/** The engine answered, and refused. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = typeof error === 'object' && error !== null && Reflect.get(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** Words for a call that failed. */
export function engineError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  const said = error instanceof Error ? error.message.trim() : String(error);
  if (statusOf(error) !== undefined)
    return new CommandError('failed', `The sandbox engine refused: ${said}.`, { cause: error });
  return new CommandError(
    'unavailable',
    `The sandbox engine (Docker) cannot be reached: ${said}. Work without commands, and tell the user that an ` +
      'administrator must see to it (goclaw doctor).',
    { cause: error },
  );
}
