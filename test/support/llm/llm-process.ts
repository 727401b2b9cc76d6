import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { asRecord, text } from './json.js';

const LOADER = new URL('../run-typescript.mjs', import.meta.url).href;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A scripted LLM in a process of its own. */
export interface LlmProcess extends AsyncDisposable {
  readonly pid: number;
  readonly openaiUrl: string;
  readonly anthropicUrl: string;
}

/** Starts `main.ts` with flags such as `--deltas 20 --delay-ms 50` and waits until it listens. */
export async function startLlmProcess(flags: readonly string[] = []): Promise<LlmProcess> {
  const child = spawn(process.execPath, ['--import', LOADER, MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const first = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(([code]) => Promise.reject(new Error(`The scripted LLM exited with ${String(code)}.`))),
  ]);
  const ready = asRecord(JSON.parse(String(first[0])));
  return {
    pid: child.pid ?? 0,
    openaiUrl: text(ready['openaiUrl']),
    anthropicUrl: text(ready['anthropicUrl']),
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}
