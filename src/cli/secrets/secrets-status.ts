import type { ConfigService } from '#config';
import { type ColumnProgress, inspectSecrets } from '#store';
import type { CliContext } from '../cli-context.js';
import { onSecrets } from './secrets-database.js';

const NAME_WIDTH = 32;
const NUMBER_WIDTH = 12;

/** Prints how many secrets there are by column, and which key sealed them. Resolves with whether all can be opened. */
export async function secretsStatus(context: CliContext, config: ConfigService): Promise<boolean> {
  let isWell = true;
  await onSecrets(config, false, async ({ store, box }) => {
    const columns = await lastOfEach(inspectSecrets(store, box));
    const heads = ['current key', 'previous', 'not sealed', 'unreadable'];
    const lines = [row('', heads)];
    for (const { column, states } of columns) {
      const { current, previous, plain, unreadable } = states;
      lines.push(row(nameOf(column), [current, previous, plain, unreadable]));
      isWell &&= unreadable === 0;
    }
    lines.push('', advice(columns));
    context.stdout.write(`${lines.join('\n')}\n`);
  });
  return isWell;
}

/** The last word on each column. */
export async function lastOfEach(progress: AsyncGenerator<ColumnProgress>): Promise<ColumnProgress[]> {
  const last = new Map<string, ColumnProgress>();
  for await (const one of progress) last.set(nameOf(one.column), one);
  return [...last.values()];
}

export function nameOf({ table, column }: ColumnProgress['column']): string {
  return `${table}.${column}`;
}

function advice(columns: readonly ColumnProgress[]): string {
  const sum = (pick: (one: ColumnProgress) => number): number =>
    columns.reduce((total, one) => total + pick(one), 0);
  const unreadable = sum(({ states }) => states.unreadable);
  if (unreadable > 0) {
    return `${unreadable} cannot be opened with these keys. Set the key that sealed them as GOCLAW_ENCRYPTION_KEY_PREVIOUS, or set these secrets again.`;
  }
  return sum(({ states }) => states.previous + states.plain) > 0
    ? 'Run "goclaw secrets rotate" to seal all of them with the current key.'
    : 'Everything is sealed with the current key.';
}

function row(name: string, values: readonly (string | number)[]): string {
  return name.padEnd(NAME_WIDTH) + values.map((value) => String(value).padStart(NUMBER_WIDTH)).join('');
}
