import { MASK } from '#config';
import { badField } from '#permissions';

type Settings = Readonly<Record<string, unknown>>;

/** What people see of an agent's sandbox: the names of its variables, never their values. */
export function maskedEnv(sandbox: Settings): Settings {
  const { env } = sandbox;
  if (env === undefined || env === null) return sandbox;
  return { ...sandbox, env: Object.fromEntries(Object.keys(env).map((name) => [name, MASK])) };
}

/** What to store: a variable that is written as it is shown keeps its value. @throws RecordError */
export function keptEnv(given: Settings, before: Settings | null | undefined): Record<string, unknown> {
  const { env } = given;
  if (env === undefined || env === null) return { ...given };
  const known: object = Object(before?.['env']) as object;
  const values = Object.entries(env).map(([name, value]) => {
    if (value !== MASK) return [name, value] as const;
    if (Object.hasOwn(known, name)) return [name, Reflect.get(known, name)] as const;
    throw badField(
      `sandbox_config.env.${name}`,
      `is ${MASK}, but nothing is stored under it: send its value`,
    );
  });
  return { ...given, env: Object.fromEntries(values) };
}
