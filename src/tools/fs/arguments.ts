/** Arguments come checked against the tool's schema; these only tell the compiler. */
export function textArgument(args: Readonly<Record<string, unknown>>, name: string): string {
  const value = args[name];
  if (typeof value !== 'string') throw new TypeError(`The argument "${name}" was not validated as a string.`);
  return value;
}

export function optionalText(args: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return args[name] === undefined ? undefined : textArgument(args, name);
}

export function numberArgument(args: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = args[name];
  return typeof value === 'number' ? value : undefined;
}

export function flagArgument(args: Readonly<Record<string, unknown>>, name: string): boolean {
  return args[name] === true;
}
