import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { GatewayConfig } from './gateway.config.js';
import { OriginPolicy } from './origin-policy.js';

function policy(...allowed_origins: string[]): OriginPolicy {
  return new OriginPolicy(configOf([GatewayConfig], { gateway: { allowed_origins } }));
}

describe('origins', () => {
  it.each([
    ['no origin: not a browser', undefined, 'localhost:18790', true],
    ['an empty origin', '', 'localhost:18790', true],
    ['the gateway itself', 'http://localhost:18790', 'localhost:18790', true],
    ['the gateway behind TLS', 'https://chat.example.com', 'chat.example.com', true],
    ['the gateway, spelt in capitals', 'http://LOCALHOST:18790', 'Localhost:18790', true],
    ['another port', 'http://localhost:3000', 'localhost:18790', false],
    ['another host', 'https://evil.example', 'localhost:18790', false],
    ['a host that begins alike', 'https://chat.example.com.evil.example', 'chat.example.com', false],
    ['a host in the userinfo', 'https://chat.example.com@evil.example', 'chat.example.com', false],
    ['an opaque origin', 'null', 'localhost:18790', false],
    ['an opaque origin where no host was sent', 'null', undefined, false],
    ['no URL at all', 'localhost:18790', 'localhost:18790', false],
  ])('%s', (_what, origin, host, expected) => {
    expect(policy().allows(origin, { host })).toBe(expected);
  });

  it('that are listed pass, and they alone get cross-origin headers', () => {
    const listed = policy('https://Chat.example.com');
    expect(listed.allows('https://chat.example.com', { host: 'gateway:1' })).toBe(true);
    expect(listed.isListed('https://chat.example.com')).toBe(true);
    expect(listed.allows('http://chat.example.com', { host: 'gateway:1' })).toBe(false);
    expect(listed.isListed('http://gateway:1')).toBe(false);
    expect(policy('*').allows('https://anything.example', { host: 'gateway:1' })).toBe(true);
  });
});
