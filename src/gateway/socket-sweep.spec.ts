import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Caller } from '#contracts';
import { ManualClock } from '../../test/support/manual-clock.js';
import { recordedInterest } from './recorded-interest.fixture.js';
import { SocketRegistry } from './socket-registry.js';
import { SocketSweep } from './socket-sweep.js';
import { openSocketPair, type SocketPair } from './socket-pair.fixture.js';

const CALLER: Caller = { userId: 'ann', role: 'admin', scopes: [], credential: { kind: 'gateway-token' } };

interface Swept extends AsyncDisposable {
  readonly pair: SocketPair;
  readonly clock: ManualClock;
  readonly registry: SocketRegistry;
  readonly sweep: SocketSweep;
}

async function swept(isConnected: boolean): Promise<Swept> {
  const clock = new ManualClock();
  const registry = new SocketRegistry(recordedInterest().interest, { watch: () => () => undefined });
  const pair = await openSocketPair(clock.monotonic());
  registry.add(pair.socket);
  if (isConnected) registry.identify(pair.socket, CALLER);
  const sweep = new SocketSweep(registry, clock);
  sweep.onModuleInit();
  return { pair, clock, registry, sweep, [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() };
}

describe('the sweep of the sockets', () => {
  it('pings every 30 s', async () => {
    await using setup = await swept(true);
    const { pair, clock } = setup;
    let pings = 0;
    pair.client.on('ping', () => pings++);
    clock.advance(29_000);
    expect(pair.socket.lastPingAt).toBe(0);
    clock.advance(1_000);
    await pair.until(() => pings === 1);
    pair.socket.lastSeenAt = clock.monotonic();
    clock.advance(29_000);
    clock.advance(1_000);
    await pair.until(() => pings === 2);
    expect(pings).toBe(2);
  });

  it('drops a socket that was silent for 60 s, and none that spoke', async () => {
    await using setup = await swept(true);
    const { pair, clock } = setup;
    clock.advance(59_000);
    pair.socket.lastSeenAt = clock.monotonic();
    clock.advance(59_000);
    expect(pair.socket.isOpen).toBe(true);
    clock.advance(1_000);
    await once(pair.client, 'close');
    expect(pair.closeCode).toBe(1006);
  });

  it('spares a socket that the gateway itself does not read', async () => {
    await using setup = await swept(true);
    const { pair, clock } = setup;
    pair.socket.pause();
    clock.advance(120_000);
    expect(pair.socket.isOpen).toBe(true);
  });

  it('closes an anonymous socket after 10 s with 1008', async () => {
    await using setup = await swept(false);
    const { pair, clock } = setup;
    clock.advance(9_000);
    expect(pair.socket.isOpen).toBe(true);
    clock.advance(1_000);
    await once(pair.client, 'close');
    expect(pair.closeCode).toBe(1008);
  });

  it('begins the 10 s anew for a socket that lost its caller', async () => {
    await using setup = await swept(true);
    const { pair, clock, registry } = setup;
    clock.advance(20_000);
    registry.disown(pair.socket, clock.monotonic());
    clock.advance(9_000);
    expect(pair.socket.isOpen).toBe(true);
    clock.advance(1_000);
    expect(pair.socket.isOpen).toBe(false);
  });

  it('needs one timer for all sockets, and none after its end', async () => {
    await using setup = await swept(true);
    const { clock, registry, sweep } = setup;
    await using other = await openSocketPair();
    registry.add(other.socket);
    clock.advance(5_000);
    expect(clock.pending).toBe(1);
    sweep.onModuleDestroy();
    expect(clock.pending).toBe(0);
  });
});
