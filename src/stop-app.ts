import { RunService } from '#agent';
import { ChannelManager } from '#channels';
import { ConfigService } from '#config';
import { SocketServer } from '#gateway';
import { Readiness } from '#http';
import { SystemClock } from '#kernel';
import { GatewayConfig } from '#permissions';
import { RunRecovery, Scheduler } from '#scheduler';
import { JobQueue } from '#store';
import type { StartedApp } from './start-app.js';
import { Steps } from './steps.js';

/**
 * The whole stop takes no longer than this beside the time that runs get (`gateway.shutdown_grace_sec`): 28 s unless
 * configured, because orchestrators kill after 30 s.
 */
const OVERHEAD_MAX_MS = 10_000;
/** HTTP requests get this long after the runs. */
const HTTP_GRACE_MS = 4_000;
/** What does not answer any more (a hung connection to the database) keeps a step no longer than this. */
const STEP_MAX_MS = 5_000;
/** Every step gets its chance, also when the time is up. */
const STEP_MIN_MS = 200;

const stops = new WeakMap<StartedApp, Promise<void>>();

/**
 * Stops the gateway: tell clients, take nothing new, let runs end, hand the rest over, send replies, close
 * connections, write what is left, close the database. Idempotent; never rejects.
 */
export function stopApp(started: StartedApp): Promise<void> {
  const stop = stops.get(started) ?? stopInOrder(started);
  stops.set(started, stop);
  return stop;
}

async function stopInOrder({ app, database }: StartedApp): Promise<void> {
  const steps = new Steps('Stop');
  const clock = new SystemClock();
  const graceMs = app.get(ConfigService).get(GatewayConfig).shutdown_grace_sec * 1_000;
  const end = clock.monotonic() + graceMs + OVERHEAD_MAX_MS;
  const attempt = async (name: string, work: () => unknown, limitMs = STEP_MAX_MS): Promise<void> => {
    const left = Math.max(STEP_MIN_MS, Math.min(limitMs, end - clock.monotonic()));
    // A step that fails must not keep the others from their turn; it is logged.
    await steps.run(name, work, left).catch((error: unknown) => steps.note(`${name}: ${String(error)}`));
  };
  await attempt('announce', () => {
    app.get(Readiness).stop();
    app.get(SocketServer).announceShutdown();
  });
  await attempt('channels', () => app.get(ChannelManager).stopReceiving());
  // Nothing that others could do is taken on any more.
  await attempt('jobs', () => app.get(JobQueue).stop());
  await attempt('runs', () => app.get(Scheduler).drain(graceMs), graceMs + STEP_MAX_MS);
  await attempt('hand-over', () => app.get(RunRecovery).handOver());
  await attempt('waiting clients', () => app.get(RunService).leaveAll());
  await attempt('replies', () => app.get(ChannelManager).stop());
  await attempt(
    'connections',
    async () => {
      await app.get(SocketServer).closeAll();
      const cut = clock.after(HTTP_GRACE_MS, () => app.getHttpServer().closeAllConnections());
      await app.close().finally(cut);
    },
    HTTP_GRACE_MS + STEP_MAX_MS,
  );
  await attempt('database', () => database.close());
}
