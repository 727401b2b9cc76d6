import { afterEach, beforeEach, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { type Database, LockElection } from '#store';
import { CuttingProxy } from '../support/postgres/cutting-proxy.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { SharedDatabase } from '../support/replicas.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** A replica that wants to poll. */
class Candidate {
  readonly stopping = new AbortController();
  terms = 0;
  polling = false;
  private ended: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  stand(channel = 'chat'): void {
    const link = this.database.replicas?.link;
    if (!link) throw new Error('This database has no replicas.');
    this.ended = new LockElection(link, new SystemClock()).lead(
      channel,
      (signal) => this.poll(signal),
      this.stopping.signal,
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async poll(signal: AbortSignal): Promise<void> {
    this.terms++;
    this.polling = true;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.polling = false;
  }
}

describeWithPostgres('the election of a poller', () => {
  let shared: SharedDatabase;
  let proxy: CuttingProxy;

  beforeEach(async () => {
    shared = await SharedDatabase.create();
    proxy = await CuttingProxy.start(shared.dsn);
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  it('lets one replica poll a channel, and another one when the first stops', async () => {
    const [first, second] = [new Candidate(await shared.open()), new Candidate(await shared.open())];
    first.stand();
    await expect.poll(() => first.polling, PATIENCE).toBe(true);
    second.stand();
    const other = new Candidate(await shared.open());
    other.stand('another chat');
    await expect.poll(() => other.polling, PATIENCE).toBe(true);
    expect(second.polling).toBe(false);
    await first.stop();
    expect(first.polling).toBe(false);
    await expect.poll(() => second.polling, PATIENCE).toBe(true);
    await Promise.all([second.stop(), other.stop()]);
    expect([first.terms, second.terms, other.terms]).toEqual([1, 1, 1]);
  });

  it('ends the term of a replica whose connection broke, and begins it anew with the next one', async () => {
    const first = new Candidate(await shared.open(proxy.dsn));
    first.stand();
    await expect.poll(() => first.polling, PATIENCE).toBe(true);
    proxy.cutAll();
    await expect.poll(() => first.terms, PATIENCE).toBe(2);
    expect(first.polling).toBe(true);
    await first.stop();
  });
});
