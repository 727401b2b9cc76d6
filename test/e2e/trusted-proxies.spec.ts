import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';

async function status(gateway: RunningGateway, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/models`, {
    headers: { ...gateway.headers('ann'), ...headers },
  });
  await response.body?.cancel();
  return response.status;
}

/** 101, or the status with which the upgrade was refused. */
async function upgrade({ wsUrl }: RunningGateway, headers: Record<string, string>): Promise<number> {
  const ws = new WebSocket(wsUrl, { headers });
  const refused = once(ws, 'unexpected-response').then(
    ([, response]) => (response as { statusCode: number }).statusCode,
    () => 0,
  );
  ws.on('error', () => undefined);
  const code = await Promise.race([once(ws, 'open').then(() => 101), refused]);
  ws.terminate();
  return code;
}

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

describe('a gateway behind a proxy', () => {
  it('counts clients behind a trusted proxy by their own addresses, on both sockets', async () => {
    const gatewayConfig = { trusted_proxies: ['127.0.0.0/8'], rate_limits: { address_rpm: 60 } };
    await using gateway = await startGateway({ mode: 'managed', config: { gateway: gatewayConfig } });
    const answers = [];
    for (let times = 0; times < 8; times++) answers.push(await status(gateway, from('6.6.6.6, 1.1.1.1')));
    expect(answers).toContain(200);
    expect(answers.at(-1)).toBe(429);
    expect(await status(gateway, from('2.2.2.2'))).toBe(200);
    expect(await upgrade(gateway, from('1.1.1.1'))).toBe(429);
    expect(await upgrade(gateway, from('3.3.3.3'))).toBe(101);
  });

  it('checks origins by the host that the proxy says', async () => {
    await using gateway = await startGateway({
      mode: 'managed',
      config: { gateway: { trusted_proxies: ['127.0.0.1'] } },
    });
    const forwarded = { 'x-forwarded-host': 'chat.example.com', 'x-forwarded-proto': 'https' };
    expect(await upgrade(gateway, { origin: 'https://chat.example.com', ...forwarded })).toBe(101);
    expect(await upgrade(gateway, { origin: 'http://chat.example.com', ...forwarded })).toBe(403);
    expect(await upgrade(gateway, { origin: 'https://evil.example', ...forwarded })).toBe(403);
    expect(await upgrade(gateway, { origin: 'https://chat.example.com' })).toBe(403);
  });

  it('ignores the headers of anybody else', async () => {
    const gatewayConfig = { trusted_proxies: ['10.0.0.0/8'], rate_limits: { address_rpm: 60 } };
    await using gateway = await startGateway({ mode: 'managed', config: { gateway: gatewayConfig } });
    const answers = [];
    for (let times = 0; times < 8; times++) answers.push(await status(gateway, from(`1.1.1.${times}`)));
    expect(answers.at(-1)).toBe(429);
    const headers = { origin: 'https://chat.example.com', 'x-forwarded-host': 'chat.example.com' };
    expect([403, 429]).toContain(await upgrade(gateway, headers));
  });
});
