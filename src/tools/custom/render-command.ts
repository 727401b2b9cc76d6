import type { JsonSchema } from '#contracts';
import { replacePlaceholders } from './command-template.js';

/** Linux takes at most 128 KiB in one argument, and the command is one of `sh`. */
const RENDERED_MAX_BYTES = 120_000;

export type Rendered = { readonly command: string } | { readonly problem: string };

/**
 * The command with each placeholder replaced by its argument, as one word of the shell whatever is in it. An argument
 * that was not given is the default of its schema, else an empty word: what stands behind it keeps its place.
 */
export function renderCommand(
  template: string,
  parameters: JsonSchema,
  args: Readonly<Record<string, unknown>>,
): Rendered {
  const command = replacePlaceholders(template, (name) => quoted(textOf(valueOf(name, args, parameters))));
  if (command.includes('\0')) return { problem: 'An argument contains a NUL character; leave it out.' };
  if (Buffer.byteLength(command) <= RENDERED_MAX_BYTES) return { command };
  return {
    problem: `The arguments are too long for a command (at most ${RENDERED_MAX_BYTES} bytes together). Write the text to a file and pass its path.`,
  };
}

function valueOf(name: string, args: Readonly<Record<string, unknown>>, parameters: JsonSchema): unknown {
  const given = own(args, name);
  return given ?? own(own(own(parameters, 'properties'), name), 'default');
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Inside of single quotes a shell reads nothing but their end. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
