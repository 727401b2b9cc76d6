import type { DomainEvent } from '#bus';
import type { Caller } from '#contracts';
import type { Conditions, Page, PageRequest, Queryable, RecordRow, RecordTable } from '#store';
import type { Changes } from '../audit/changes.js';
import { RecordError } from './record.errors.js';

type Stored<Row> = Partial<Omit<Row, keyof RecordRow>>;

/** What is particular about one kind of records. */
export interface RecordKind<Row extends RecordRow, Input extends object> {
  /** As in the audit log: `provider`. */
  readonly type: string;
  /** For people: `provider`. */
  readonly noun: string;
  readonly table: RecordTable<Row>;
  /** What the audit log shows: no secrets. */
  readonly show: (row: Row) => object;
  /**
   * Columns for an input, checked against what is there; `before` is absent for a new row. Reads through `tx` alone.
   * @throws RecordError
   */
  readonly write: (
    input: Partial<Input>,
    before: Row | undefined,
    tx: Queryable,
  ) => Stored<Row> | Promise<Stored<Row>>;
  /** What others must forget when it changed. */
  readonly events: (row: Row) => readonly DomainEvent[];
  /** Throws when the row must stay. */
  readonly keep?: (row: Row) => void;
}

/** Lists, reads and changes records: every change in one transaction with its audit entry, then everybody hears of it. */
export class RecordAdmin<Row extends RecordRow, Input extends object> {
  constructor(
    private readonly changes: Changes,
    private readonly kind: RecordKind<Row, Input>,
  ) {}

  page(conditions: Conditions, request: PageRequest): Promise<Page<Row>> {
    return this.kind.table.page(conditions, request);
  }

  /** @throws RecordError `not-found` */
  async get(id: string): Promise<Row> {
    return this.present(await this.kind.table.find(id), id);
  }

  /** @throws StoreError `conflict` when its name is taken; RecordError */
  create(caller: Caller, input: Input): Promise<Row> {
    return this.changes.commit(caller, async (tx) => {
      const row = await this.kind.table.insert(tx, await this.kind.write(input, undefined, tx));
      return { ...this.change('create', row), after: this.kind.show(row), result: row };
    });
  }

  /** Changes what is given. @throws StoreError `stale`, `conflict`; RecordError */
  update(caller: Caller, id: string, input: Partial<Input>, version?: number): Promise<Row> {
    const { table, show, write } = this.kind;
    return this.changes.commit(caller, async (tx) => {
      const seen = this.present(await table.locked(tx, id, version), id);
      const values = await write(input, seen, tx);
      const { before, after } = this.present(await table.update(tx, id, values), id);
      const states = { before: show(before), after: show(after) };
      return { ...this.change('update', after), ...states, result: after };
    });
  }

  /** Removes it and returns what it was. @throws StoreError `stale`; RecordError */
  remove(caller: Caller, id: string, version?: number): Promise<Row> {
    return this.changes.commit(caller, async (tx) => {
      const row = this.present(await this.kind.table.locked(tx, id, version), id);
      this.kind.keep?.(row);
      await this.kind.table.remove(tx, id);
      return { ...this.change('delete', row), before: this.kind.show(row), result: row };
    });
  }

  private change(verb: string, row: Row): { action: string; target: Target; events: readonly DomainEvent[] } {
    const { type } = this.kind;
    return { action: `${type}.${verb}`, target: { type, id: row.id }, events: this.kind.events(row) };
  }

  private present<T>(found: T | undefined, id: string): T {
    if (found) return found;
    throw new RecordError('not-found', `There is no ${this.kind.noun} ${shorten(id)}.`);
  }
}

interface Target {
  readonly type: string;
  readonly id: string;
}

const SHOWN_MAX_CHARS = 100;

function shorten(id: string): string {
  return id.length <= SHOWN_MAX_CHARS ? id : `${id.slice(0, SHOWN_MAX_CHARS)}…`;
}
