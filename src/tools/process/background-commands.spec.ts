import { expect, it } from 'vitest';
import type { RunningCommand } from '#contracts';
import { configOf } from '../../../test/support/config.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { runContext } from '../../../test/support/tools.js';
import { ExecConfig } from '../exec/exec.config.js';
import { BackgroundCommands } from './background-commands.js';
import { ownerOfBackground } from './background-owner.js';

/** In a sandbox whose engine hangs. */
const DEATHLESS: RunningCommand = {
  ended: Promise.withResolvers<never>().promise,
  write: () => Promise.resolve(),
  endInput: () => undefined,
  kill: () => Promise.withResolvers<never>().promise,
};
const STOP_MAX_MS = 2_000;

it('background commands that do not end hold up the stop of a gateway for two seconds', async () => {
  const clock = new ManualClock();
  const commands = new BackgroundCommands(configOf([ExecConfig]), clock);
  const entry = commands.create(ownerOfBackground(runContext()), 'sleep 1');
  entry.attach(DEATHLESS, () => clock.now());
  const stopped = commands.onApplicationShutdown();
  expect(entry.stop.signal.aborted).toBe(true);
  clock.advance(STOP_MAX_MS);
  await expect(stopped).resolves.toBeUndefined();
});
