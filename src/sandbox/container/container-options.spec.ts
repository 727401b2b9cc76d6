import { describe, expect, it } from 'vitest';
import type { SandboxTerms } from '#contracts';
import { SandboxConfig } from '../sandbox.config.js';
import { sandboxTermsOf } from '../sandbox-terms.js';
import { containerOptions } from './container-options.js';

function options(changes: Partial<SandboxTerms> = {}, bare = false) {
  const terms = sandboxTermsOf(Object.assign(new SandboxConfig(), { mode: 'all' }), undefined, false);
  if (!terms) throw new Error('There is no sandbox.');
  return containerOptions({ terms: { ...terms, ...changes }, key: 'key', workspaceRoot: '/host/ws', bare });
}

describe('the container of a sandbox', () => {
  it('has no capability, nothing to gain one by, no network, and bounds for everything', () => {
    const host = options().HostConfig;
    expect(host).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Memory: 512 * 1024 * 1024,
      MemorySwap: 512 * 1024 * 1024,
      NanoCpus: 1e9,
      PidsLimit: 256,
      AutoRemove: true,
    });
    expect(host?.Ulimits?.map((limit) => limit.Name)).toEqual(['core', 'fsize', 'nofile']);
    expect(host).not.toHaveProperty('Privileged');
    expect(host).not.toHaveProperty('Binds');
    expect(options({}, true).HostConfig).not.toHaveProperty('Ulimits');
  });

  it('mounts the workspace as its access says, and nothing else of the host', () => {
    const mount = { Type: 'bind', Source: '/host/ws', Target: '/workspace' };
    expect(options().HostConfig?.Mounts).toEqual([{ ...mount, ReadOnly: false }]);
    expect(options({ workspaceAccess: 'ro' }).HostConfig?.Mounts).toEqual([{ ...mount, ReadOnly: true }]);
    const none = options({ workspaceAccess: 'none', tmpfsSizeMb: 8 }).HostConfig;
    expect(none?.Mounts).toBeUndefined();
    expect(none?.Tmpfs).toMatchObject({ '/workspace': expect.stringContaining('size=8m') });
  });

  it('runs as the owner of the files that it shares, unless told otherwise', () => {
    expect(options().User).toBe(`${process.getuid?.()}:${process.getgid?.()}`);
    expect(options({ user: '1000:1000' }).User).toBe('1000:1000');
  });

  it('has of the environment only what its terms say', () => {
    expect(options({ env: { A: 'b=c' } }).Env).toEqual(['HOME=/tmp', 'A=b=c']);
  });
});
