import type { Environment } from '#config';
import { CommandError } from '#contracts';

/** Only these: whoever may change an agent must not read the gateway's own secrets by it. */
const REFERENCE = /\$\{(GOCLAW_SANDBOX_[A-Z0-9_]+)\}/g;

/**
 * The variables of a sandbox, with those of the gateway's environment that they name. @throws CommandError when one is
 * missing
 */
export function resolveEnvironment(
  variables: Readonly<Record<string, string>>,
  environment: Environment,
): Record<string, string> {
  const put = (_: string, name: string): string => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw new CommandError(
      'unavailable',
      `The sandbox cannot be made: its variables name ${name}. An administrator must set that in the environment.`,
    );
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [name, text.replaceAll(REFERENCE, put)]),
  );
}
