import { Client } from 'pg';
import type { GatewayOptions } from '../../test/support/gateway/index.js';
import type { Chaos } from './chaos.js';
import { Crowd, type CrowdOptions } from './crowd.js';
import { Ledger } from './ledger.js';
import { Model } from './model.js';
import { Moments } from './moments.js';
import type { Random } from './random.js';
import { Recoveries } from './recoveries.js';
import { Replica } from './replica.js';
import type { Findings } from './scenario.js';
import { checkTraces } from './traces.js';
import { checkTranscript, type Transcribed, transcriptOf } from './transcripts.js';

/** Small enough that a conversation outgrows it again and again. */
const CONTEXT_WINDOW_TOKENS = 3_000;
/** Of PostgreSQL connections, so that several gateways fit. */
const POOL_SIZE = 10;

/** Of {@link CrowdOptions}: what a scenario chooses. */
type CrowdChoices = Omit<CrowdOptions, 'ledger' | 'moments' | 'recoveries' | 'random'>;

/** What a scenario is played on: a model, gateways, people, and the books. All ends with it. */
export class Stage implements AsyncDisposable {
  readonly random: Random;
  readonly moments: Moments;
  readonly ledger: Ledger;
  readonly recoveries = new Recoveries();
  readonly model: Model;
  readonly faults: Record<string, number> = {};
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly skipped: string[] = [];
  private readonly replicas: Replica[] = [];
  private readonly ports: Random;
  private readonly props = new AsyncDisposableStack();

  private constructor(chaos: Chaos, name: string, moments: Moments, model: Model) {
    this.random = chaos.random(name);
    this.ports = this.random.fork('ports');
    this.ledger = new Ledger(chaos.seed);
    this.moments = moments;
    this.model = this.props.use(model);
  }

  static async open(chaos: Chaos, name: string): Promise<Stage> {
    const moments = new Moments();
    return new Stage(chaos, name, moments, await Model.start(chaos.seed, moments));
  }

  /** Ends with the stage. */
  use<T extends AsyncDisposable | Disposable>(prop: T): T {
    return this.props.use(prop);
  }

  /** One more thing that ends with the stage. */
  defer(end: () => Promise<void>): void {
    this.props.defer(end);
  }

  /** A gateway that answers from the model; it is not started. */
  async replica(options: GatewayOptions = {}): Promise<Replica> {
    const { config = {}, ...rest } = options;
    const defaults = { context_window: CONTEXT_WINDOW_TOKENS };
    const all = {
      agents: { defaults },
      database: { pool_size: POOL_SIZE },
      scheduler: { lanes: { main: 256 } },
      gateway: { inbound_debounce_ms: 0 },
    };
    const merged = {
      ...all,
      ...config,
      agents: { ...agentsOf(config), defaults: { ...defaults, ...defaultsOf(config) } },
    };
    const replica = this.use(
      await Replica.create({ llm: this.model.llm, ...rest, config: merged }, this.ports),
    );
    this.replicas.push(replica);
    return replica;
  }

  crowd(choices: CrowdChoices): Crowd {
    const { ledger, moments, recoveries } = this;
    return this.use(
      new Crowd({
        ...choices,
        ledger,
        moments,
        recoveries,
        random: this.random.fork(choices.name ?? 'crowd'),
      }),
    );
  }

  count(fault: string, by = 1): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + by;
  }

  /** Compares what clients, transcripts and files say with what was sent. */
  async findings(
    crowd: { readonly conversations: readonly Transcribed[] },
    { workspace, mayFail = false }: { readonly workspace?: string; readonly mayFail?: boolean } = {},
  ): Promise<Findings> {
    const { ledger } = this;
    const wrongs = ledger.wrongs({ mayFail });
    let executed = 0;
    for (const conversation of crowd.conversations) {
      const transcript = await transcriptOf(conversation);
      executed += checkTranscript(transcript, conversation.session, ledger, wrongs);
    }
    if (workspace !== undefined) checkTraces(workspace, ledger, this.model.unknownEdits, wrongs);
    return {
      ...wrongs,
      executed,
      faults: this.faults,
      accepted: ledger.count(({ isAccepted }) => isAccepted),
      answered: ledger.count(({ answers }) => answers.length > 0),
      refused: ledger.refusals,
      failed: mayFail ? ledger.count(({ errors }) => errors.length > 0) : 0,
      recoveryMs: this.recoveries.timesMs,
      problems: this.problems,
      notes: this.notes,
      skipped: this.skipped,
      logs: this.replicas.map(({ logs }) => logs).join('\n'),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.props.disposeAsync();
  }
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends object>(
  dsn: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

function agentsOf(config: Record<string, unknown>): object {
  const agents: unknown = config['agents'];
  return typeof agents === 'object' && agents ? agents : {};
}

function defaultsOf(config: Record<string, unknown>): object {
  const defaults: unknown = Reflect.get(agentsOf(config), 'defaults');
  return typeof defaults === 'object' && defaults ? defaults : {};
}
