import { createInterface } from 'node:readline/promises';
import type { CliContext } from '../cli-context.js';

/** Asks on the terminal; everything but `y` and `yes` is a no, the end of the input too. */
export async function confirm({ stdin, stdout }: CliContext, question: string): Promise<boolean> {
  const reader = createInterface({ input: stdin, output: stdout });
  try {
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    const answer = await Promise.race([reader.question(question), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
