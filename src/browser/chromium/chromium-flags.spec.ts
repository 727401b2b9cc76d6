import { describe, expect, it } from 'vitest';
import { chromiumFlags } from './chromium-flags.js';

const TERMS = { profile: '/profile', headless: true, sandbox: true };

describe('how Chromium is started', () => {
  it('has no way past the proxies of conversations: each of several walls stands', () => {
    expect(chromiumFlags(TERMS)).toEqual(
      expect.arrayContaining([
        '--proxy-server=http://127.0.0.1:9',
        '--proxy-bypass-list=<-loopback>',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        '--disable-quic',
        '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      ]),
    );
  });

  it('is driven by a pipe, which nobody else of the machine can reach, with bounded scripts', () => {
    const flags = chromiumFlags(TERMS);
    expect(flags).toEqual(expect.arrayContaining(['--remote-debugging-pipe', '--user-data-dir=/profile']));
    expect(flags.filter((flag) => flag.startsWith('--remote-debugging-port'))).toEqual([]);
    expect(flags).toContain('--js-flags=--max-old-space-size=512');
  });

  it('keeps its own sandbox unless the kernel has none for it', () => {
    expect(chromiumFlags(TERMS)).not.toContain('--no-sandbox');
    expect(chromiumFlags({ ...TERMS, sandbox: false })).toContain('--no-sandbox');
  });
});
