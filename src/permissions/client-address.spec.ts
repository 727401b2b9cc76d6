import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { ClientAddress } from './client-address.js';
import { GatewayConfig } from './gateway.config.js';

function addresses(...trusted_proxies: string[]): ClientAddress {
  return new ClientAddress(configOf([GatewayConfig], { gateway: { trusted_proxies } }));
}

function request(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers, connection: { remoteAddress } } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', [], '10.0.0.1', '6.6.6.6', '10.0.0.1'],
    ['the peer is not trusted', ['10.0.0.0/8'], '9.9.9.9', '6.6.6.6', '9.9.9.9'],
    ['the peer is a proxy', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['the client claims to be another', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['there are two proxies', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['the client claims to be a proxy', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['the header is garbage', ['10.0.0.0/8'], '10.0.0.1', 'unknown, <script>', '10.0.0.1'],
    ['the header is empty', ['10.0.0.0/8'], '10.0.0.1', '', '10.0.0.1'],
    ['IPv4 comes over IPv6', ['10.0.0.0/8'], '::ffff:10.0.0.1', '::ffff:1.1.1.1', '1.1.1.1'],
    ['IPv6', ['fd00::/8'], 'fd00::1', '2001:db8::1', '2001:db8::1'],
  ])('when %s', (_what, trusted, peer, forwarded, expected) => {
    expect(addresses(...trusted).of(request(peer, { 'x-forwarded-for': forwarded }))).toBe(expected);
  });

  it('needs no header', () => {
    expect(addresses('10.0.0.1').of(request('10.0.0.1'))).toBe('10.0.0.1');
  });

  it('is that of trusted networks only when they are networks', () => {
    for (const wrong of ['10.0.0.0/33', 'proxy.example', ''])
      expect(() => addresses(wrong)).toThrow(/trusted_proxies/);
  });
});

describe('the host under which the gateway was reached', () => {
  const headers = {
    host: 'gateway:18790',
    'x-forwarded-host': 'evil.example, chat.example.com',
    'x-forwarded-proto': 'HTTPS',
  };

  it('is what a trusted proxy says, the nearest of them', () => {
    expect(addresses('10.0.0.1').reachedAt(request('10.0.0.1', headers))).toEqual({
      host: 'chat.example.com',
      protocol: 'https',
    });
  });

  it('is what the request says when nobody trusted forwarded it', () => {
    expect(addresses('10.0.0.1').reachedAt(request('10.0.0.2', headers))).toEqual({ host: 'gateway:18790' });
    expect(addresses('10.0.0.1').reachedAt(request('10.0.0.1', { host: 'gateway:18790' }))).toEqual({
      host: 'gateway:18790',
    });
  });
});
