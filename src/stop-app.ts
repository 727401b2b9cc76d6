import { ChannelManager } from '#channels';
import { SocketServer } from '#gateway';
import { Readiness } from '#http';
import { SystemClock } from '#kernel';
import { Scheduler } from '#scheduler';
import type { StartedApp } from './start-app.js';
import { Steps } from './steps.js';

/** Runs that are going get this long to end. */
const RUNS_GRACE_MS = 20_000;
/** HTTP requests get this long after that. */
const HTTP_GRACE_MS = 5_000;

/** What does not answer any more (a hung connection to the database) keeps a step no longer than this. */
const STEP_MAX_MS = 10_000;

/** Stops the gateway: tell clients, let runs end, close connections, write what is left, close the database. */
export async function stopApp({ app, database }: StartedApp): Promise<void> {
  const steps = new Steps('Stop');
  const attempt = async (name: string, work: () => unknown, limitMs?: number): Promise<void> => {
    // A step that fails must not keep the others from their turn; it is logged.
    await steps.run(name, work, limitMs).catch((error: unknown) => steps.note(`${name}: ${String(error)}`));
  };
  await attempt('announce', () => {
    app.get(Readiness).stop();
    app.get(SocketServer).announceShutdown();
  });
  await attempt('channels', () => app.get(ChannelManager).stopReceiving(), STEP_MAX_MS);
  await attempt('runs', () => app.get(Scheduler).drain(RUNS_GRACE_MS));
  await attempt('replies', () => app.get(ChannelManager).stop(), STEP_MAX_MS);
  await attempt(
    'connections',
    async () => {
      await app.get(SocketServer).closeAll();
      const cut = new SystemClock().after(HTTP_GRACE_MS, () => app.getHttpServer().closeAllConnections());
      await app.close().finally(cut);
    },
    STEP_MAX_MS,
  );
  await attempt('database', () => database.close(), STEP_MAX_MS);
}
