import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { HostProcesses } from '#processes';
import { OUTPUT_MAX_BYTES } from '../exec.limits.js';
import { HostCommand } from './host-command.js';

const CHUNK = Buffer.alloc(1024 * 1024);

describe('a command that prints without end', () => {
  it('is ended at the limit, with the reason, and nothing more of it is passed on', async () => {
    const clock = new SystemClock();
    const processes = new HostProcesses(clock);
    await processes.onModuleInit();
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'pipe' });
    let passed = 0;
    const request = {
      argv: [],
      signal: new AbortController().signal,
      onOutput: (_stream: string, chunk: Uint8Array) => (passed += chunk.length),
    };
    const limits = { memoryMaxMb: 4_096, processesMax: 10 };
    const command = new HostCommand(
      child,
      child.pid ?? 0,
      processes.newMark(),
      request,
      limits,
      processes,
      clock,
    );
    // As the pipe would bring it, at 30 MB a second.
    for (let bytes = 0; bytes <= OUTPUT_MAX_BYTES; bytes += CHUNK.length) child.stdout.emit('data', CHUNK);
    expect(await command.ended).toMatchObject({
      reason: expect.stringContaining('printed more than 256 MB'),
    });
    expect(passed).toBe(OUTPUT_MAX_BYTES);
    await processes.onApplicationShutdown();
  });
});
