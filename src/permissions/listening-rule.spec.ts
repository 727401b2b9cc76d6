import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { GatewayConfig } from './gateway.config.js';
import { requireSafeListening } from './listening-rule.js';

function listenOn(host: string | undefined, token?: string): () => void {
  const config = configOf(
    [GatewayConfig],
    { gateway: { ...(host !== undefined && { host }) } },
    token === undefined ? {} : { GOCLAW_GATEWAY_TOKEN: token },
  );
  return () => requireSafeListening(config);
}

describe('listening without a configured token', () => {
  it.each([undefined, '127.0.0.1', '127.8.9.10', 'localhost', 'LocalHost', '::1', '0:0:0:0:0:0:0:1'])(
    'is allowed on the loopback address %s',
    (host) => expect(listenOn(host)).not.toThrow(),
  );

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.2',
    '10.0.0.1',
    '::ffff:0.0.0.0',
    'fe80::1',
    '1::1',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '127.1',
    '0',
  ])('is refused on %s, with the remedy', (host) => {
    expect(listenOn(host)).toThrow(/GOCLAW_GATEWAY_TOKEN.*127\.0\.0\.1/);
    expect(listenOn(host)).toThrow(expect.objectContaining({ code: 'FAILED_PRECONDITION' }));
  });

  it('is no matter once a token is configured', () => {
    expect(listenOn('0.0.0.0', 'sixteen-chars-or-more')).not.toThrow();
  });
});
