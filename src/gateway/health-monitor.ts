import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import { Database } from '#store';
import { encodeEvent } from './encode-frame.js';
import { SocketRegistry } from './socket-registry.js';

/** The database is asked at most this often, however many clients ask for the health. */
const FRESH_MS = 1_000;
const PROBE_TIMEOUT_MS = 2_000;
const CHECK_INTERVAL_MS = 10_000;

export type DatabaseState = 'ok' | 'unavailable';

/** Knows whether the database answers, and tells connected clients (event `health`) when that changes. */
@Injectable()
export class HealthMonitor implements OnModuleInit, OnModuleDestroy {
  private state: DatabaseState = 'ok';
  private checkedAt = Number.NEGATIVE_INFINITY;
  private checking: Promise<DatabaseState> | undefined;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    private readonly sockets: SocketRegistry,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.cancel ??= this.clock.after(CHECK_INTERVAL_MS, () => this.watch());
  }

  onModuleDestroy(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Never rejects. */
  databaseState(): Promise<DatabaseState> {
    if (this.clock.monotonic() - this.checkedAt < FRESH_MS) return Promise.resolve(this.state);
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private watch(): void {
    this.cancel = this.clock.after(CHECK_INTERVAL_MS, () => this.watch());
    void this.databaseState();
  }

  private async check(): Promise<DatabaseState> {
    const late = new Error('The database does not answer.');
    const stop = new AbortController();
    const failure = await Promise.race([
      this.database.probe(),
      this.clock.wait(PROBE_TIMEOUT_MS, stop.signal).then(
        () => late,
        () => undefined,
      ),
    ]);
    stop.abort();
    this.checkedAt = this.clock.monotonic();
    this.become(failure ? 'unavailable' : 'ok');
    return this.state;
  }

  private become(state: DatabaseState): void {
    if (state === this.state) return;
    this.state = state;
    const event = encodeEvent('health', { status: state === 'ok' ? 'ok' : 'degraded', database: state });
    for (const socket of this.sockets.connected()) socket.emit(event);
  }
}
