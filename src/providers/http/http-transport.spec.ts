import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '#kernel';
import { ask, saidBy } from '../adapters.fixture.js';
import { OpenAiProvider } from '../openai/openai.provider.js';
import { DEFAULT_CALL_LIMITS } from './call-guard.js';
import { HttpTransport } from './http-transport.js';

const ANSWER = 'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

describe('A connection', () => {
  it('is used again although its last bytes come after the end of the answer', async () => {
    let connections = 0;
    const server = createServer((message, response) => {
      message.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(ANSWER);
      setTimeout(() => response.end(': bye\n\n'), 30);
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = new HttpTransport();
    onTestFinished(() => {
      transport.close();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const provider = new OpenAiProvider(
      { name: 'acme', type: 'openai_compat', apiBase: `http://127.0.0.1:${port}/v1` },
      { transport, clock: new SystemClock(), limits: DEFAULT_CALL_LIMITS },
    );
    expect(saidBy(await ask(provider))).toBe('ok');
    await expect.poll(() => transport.idleConnections).toBe(1);
    expect(saidBy(await ask(provider))).toBe('ok');
    expect(connections).toBe(1);
  });
});
