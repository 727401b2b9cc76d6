import { RpcError } from '#client';
import { AppError } from '#kernel';

const CAUSES_MAX = 5;

/** What a person is told of an error; `verbose` adds the stack and the causes. */
export function describeError(error: unknown, verbose: boolean): string {
  const message = messageOf(error);
  if (verbose) return `Error: ${message}\n\n${stacksOf(error).join('\nCaused by: ')}`;
  const isExplained = error instanceof AppError || error instanceof RpcError;
  const hint = isExplained ? '' : '\nRun it again with --verbose to see where this comes from.';
  return `Error: ${message}${hint}`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Errors of the network sometimes have a code and nothing else.
  return error.message || String(Reflect.get(error, 'code') ?? error.name);
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let next = error; next instanceof Error && stacks.length < CAUSES_MAX; next = next.cause)
    stacks.push(next.stack ?? messageOf(next));
  return stacks;
}
