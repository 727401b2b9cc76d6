import { createServer } from 'node:net';
import { startProgram, type Running } from './child-process.js';
import type { Target } from './http-load.js';

const PROGRAM = 'node_modules/@portkey-ai/gateway/build/start-server.js';

/** Name of the baseline in tables. */
export const PROXY = '@portkey-ai/gateway';

/** The stateless proxy that our figures stand beside: no agents, no storage. */
export async function startProxy(): Promise<Running> {
  const port = await freePort();
  return startProgram({ args: [PROGRAM, `--port=${port}`, '--headless'], ready: /(http:\S+:\d+)/ });
}

/** Sends a request through the proxy to `upstream`. */
export function throughProxy(proxy: Running, upstream: string): Pick<Target, 'url' | 'headers'> {
  return {
    url: `${proxy.url}/v1/chat/completions`,
    headers: {
      authorization: 'Bearer key-of-the-scripted-llm',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': upstream,
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
