import {
  createTestDatabase,
  type PrivateCluster,
  startTestPostgres,
  type TestDatabase,
} from '../../test/support/postgres/index.js';
import { Random } from './random.js';

export interface ChaosOptions {
  readonly seed: number;
  /** Fewer faults: for CI. */
  readonly short: boolean;
  readonly verbose: boolean;
}

/** What all scenarios of one invocation share: the seed, how much to do, and a PostgreSQL. */
export class Chaos implements AsyncDisposable {
  readonly seed: number;
  readonly isShort: boolean;
  private readonly verbose: boolean;
  private readonly cluster: Pick<PrivateCluster, 'dsn' | 'stop'>;

  private constructor({ seed, short, verbose }: ChaosOptions, cluster: Pick<PrivateCluster, 'dsn' | 'stop'>) {
    this.seed = seed;
    this.isShort = short;
    this.verbose = verbose;
    this.cluster = cluster;
  }

  static async open(options: ChaosOptions): Promise<Chaos> {
    const cluster = await startTestPostgres();
    process.env['GOCLAW_TEST_POSTGRES_DSN'] = cluster.dsn;
    return new Chaos(options, cluster);
  }

  /** Draws of a scenario, the same with whatever other scenarios it runs. */
  random(scenario: string): Random {
    return new Random(this.seed).fork(scenario);
  }

  amount(full: number, short: number): number {
    return this.isShort ? short : full;
  }

  progress(text: string): void {
    if (this.verbose) process.stderr.write(`  ${text}\n`);
  }

  database(): Promise<TestDatabase> {
    return createTestDatabase();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.stop();
  }
}
