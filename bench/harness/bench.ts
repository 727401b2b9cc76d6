import { Client } from 'pg';
import { type GatewayOptions, type RunningGateway, startGateway } from '../../test/support/gateway/index.js';
import type { LlmProcess } from '../../test/support/llm/llm-process.js';
import { PROFILABLE } from './inspector.js';
import {
  createTestDatabase,
  startTestPostgres,
  type TestDatabase,
} from '../../test/support/postgres/index.js';

/** More runs at the same time than any measure starts: a lane that is full would be measured instead. */
const LANE_SLOTS = 2_000;

export interface BenchOptions {
  /** Fewer and shorter rounds: to try the benchmarks out, not to quote figures. */
  readonly quick: boolean;
  readonly verbose: boolean;
}

/** What all measures of one invocation share: one durable PostgreSQL, and how thorough to be. */
export class Bench implements AsyncDisposable {
  private readonly quick: boolean;
  private readonly verbose: boolean;
  private readonly stopPostgres: () => Promise<void>;

  private constructor({ quick, verbose }: BenchOptions, stopPostgres: () => Promise<void>) {
    this.quick = quick;
    this.verbose = verbose;
    this.stopPostgres = stopPostgres;
  }

  static async open(options: BenchOptions): Promise<Bench> {
    const postgres = await startTestPostgres({ durable: true });
    await requireDurable(postgres.dsn);
    process.env['GOCLAW_TEST_POSTGRES_DSN'] = postgres.dsn;
    return new Bench(options, postgres.stop);
  }

  /** How many rounds to take. */
  rounds(full: number): number {
    return this.quick ? Math.min(2, full) : full;
  }

  /** How many of something a round takes, e.g. milliseconds or requests. */
  amount(full: number): number {
    return this.quick ? Math.ceil(full / 4) : full;
  }

  /** More than the report has room for, e.g. a profile by function. */
  detail(title: string, text: string): void {
    if (this.verbose) process.stderr.write(`\n${title}\n${text}\n\n`);
  }

  progress(text: string): void {
    process.stderr.write(`  ${text}\n`);
  }

  /** An empty database on the durable PostgreSQL. */
  database(): Promise<TestDatabase> {
    return createTestDatabase();
  }

  /** The program in managed mode on a database of its own, answering from `llm`. Stops and drops both. */
  async gateway(llm: LlmProcess | undefined, options: GatewayOptions = {}): Promise<BenchGateway> {
    const database = await this.database();
    const gateway = await startGateway({
      ...(llm && { llm }),
      env: PROFILABLE,
      dsn: database.dsn,
      config: { scheduler: { lanes: { main: LANE_SLOTS } } },
      ...options,
    });
    const stop = async (): Promise<void> => {
      await gateway.stop();
      await gateway[Symbol.asyncDispose]();
      await database.drop();
    };
    return { gateway, dsn: database.dsn, [Symbol.asyncDispose]: stop };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopPostgres();
  }
}

/** A gateway with its database. */
export interface BenchGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly dsn: string;
}

/** Figures of a server that may lose commits would flatter. */
async function requireDurable(dsn: string): Promise<void> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  const { rows } = await client.query<{ durable: boolean }>(
    `SELECT current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS durable`,
  );
  await client.end();
  if (rows[0]?.durable !== true)
    throw new Error(
      'The PostgreSQL of GOCLAW_TEST_POSTGRES_DSN does not fsync its commits. Unset the variable.',
    );
}
