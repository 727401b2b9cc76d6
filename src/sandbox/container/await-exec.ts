import { once } from 'node:events';
import { CommandError } from '#contracts';
import type { Engine, StartedExec } from '../engine/engine.js';

/** Waits until a program without output that matters has done its work. @throws CommandError when it failed or hung */
export async function awaitExec(engine: Engine, { id, stream }: StartedExec, limitMs: number): Promise<void> {
  stream.on('error', () => undefined).resume();
  stream.end();
  try {
    if (!stream.closed) await once(stream, 'close', { signal: AbortSignal.timeout(limitMs) });
  } catch (error) {
    stream.destroy();
    throw new CommandError('failed', `A program of the sandbox did not end within ${limitMs} ms.`, {
      cause: error,
    });
  }
  const { exitCode } = await engine.execState(id);
  if (exitCode !== 0)
    throw new CommandError('failed', `A program of the sandbox ended with code ${exitCode}.`);
}
