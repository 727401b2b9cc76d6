import { SecretBox, type SealState } from '#crypto';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';
import type { SealedStore, SealedValue } from './sealed.store.js';

/** What was found in one column, or done to it so far. */
export interface ColumnProgress {
  readonly column: SealedColumn;
  readonly total: number;
  readonly seen: number;
  readonly states: Readonly<Record<SealState, number>>;
  /** Sealed anew. */
  readonly resealed: number;
  /** Changed by somebody else in between: the next pass sees them again. */
  readonly changedMeanwhile: number;
}

/** Looks at every stored secret; tells after each batch, and at the end of each column, how far it is. */
export async function* inspectSecrets(store: SealedStore, box: SecretBox): AsyncGenerator<ColumnProgress> {
  yield* walk(store, box, () => Promise.resolve('kept'));
}

/**
 * Seals what another key sealed (or nobody) with the current one. May be stopped at any moment and begun again: what is
 * done already is seen and left alone. Gateways may be at work meanwhile: a value that they change is theirs.
 */
export async function* rotateSecrets(store: SealedStore, box: SecretBox): AsyncGenerator<ColumnProgress> {
  yield* walk(store, box, async (column, state, row) => {
    if (state !== 'previous' && state !== 'plain') return 'kept';
    const plain = state === 'plain' ? row.value : box.open(row.value);
    return (await store.replace(column, row, box.seal(plain))) ? 'resealed' : 'changed';
  });
}

type Treatment = (
  column: SealedColumn,
  state: SealState,
  row: SealedValue,
) => Promise<'kept' | 'resealed' | 'changed'>;

async function* walk(store: SealedStore, box: SecretBox, treat: Treatment): AsyncGenerator<ColumnProgress> {
  for (const column of SEALED_COLUMNS) {
    const total = await store.count(column);
    const states: Record<SealState, number> = { current: 0, previous: 0, plain: 0, unreadable: 0 };
    const counts = { seen: 0, resealed: 0, changedMeanwhile: 0 };
    for await (const batch of store.batches(column)) {
      for (const row of batch) {
        const state = box.stateOf(row.value);
        states[state] += 1;
        const done = await treat(column, state, row);
        if (done === 'resealed') counts.resealed += 1;
        if (done === 'changed') counts.changedMeanwhile += 1;
      }
      counts.seen += batch.length;
      yield { column, total, states: { ...states }, ...counts };
    }
    if (counts.seen === 0) yield { column, total, states, ...counts };
  }
}
