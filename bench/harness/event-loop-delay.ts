import { Inspector, type Profilable } from './inspector.js';

/** How long callbacks of a running process waited for their turn. */
export interface DelayFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const NS_PER_MS = 1e6;
const START = `globalThis.benchDelay = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 });
  globalThis.benchDelay.enable()`;
const READ = `JSON.stringify([50, 99, 100].map((share) => globalThis.benchDelay.percentile(share)))`;

/** Watches the event loop of another process from within: by Node's own histogram. */
export class EventLoopDelay {
  private readonly inspector: Inspector;

  private constructor(inspector: Inspector) {
    this.inspector = inspector;
  }

  static async watch(target: Profilable): Promise<EventLoopDelay> {
    const inspector = await Inspector.open(target);
    await inspector.call('Runtime.evaluate', { expression: START });
    return new EventLoopDelay(inspector);
  }

  /** In milliseconds, since the watch began; ends the watch. */
  async figures(): Promise<DelayFigures> {
    const answer = await this.inspector.call('Runtime.evaluate', { expression: READ, returnByValue: true });
    this.inspector.close();
    const { value } = (answer as { result: { value: string } }).result;
    const [p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN] = (JSON.parse(value) as number[]).map(
      (ns) => ns / NS_PER_MS,
    );
    return { p50, p99, max };
  }
}
