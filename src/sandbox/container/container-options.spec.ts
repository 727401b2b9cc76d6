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
    const temporary = 'rw,exec,nosuid,nodev,mode=1777';
    const limit = (Name: string, most: number) => ({ Name, Soft: most, Hard: most });
    // All of it: an option more may be a hole, as may be one less.
    expect(host).toEqual({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      IpcMode: 'private',
      LogConfig: { Type: 'none', Config: {} },
      ReadonlyRootfs: true,
      Memory: 512 * 1024 * 1024,
      MemorySwap: 512 * 1024 * 1024,
      NanoCpus: 1e9,
      PidsLimit: 256,
      Ulimits: [limit('core', 0), limit('fsize', 2 * 1024 ** 3), limit('nofile', 4_096)],
      AutoRemove: true,
      Tmpfs: { '/tmp': temporary, '/var/tmp': temporary, '/run': temporary },
      Mounts: [{ Type: 'bind', Source: '/host/ws', Target: '/workspace', ReadOnly: false }],
    });
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

  it('runs nothing of its image, and lives as long as its input', () => {
    expect(options()).toMatchObject({ Entrypoint: [], OpenStdin: true, StdinOnce: true, AttachStdin: true });
  });

  it('is not root’s where nothing is shared with the gateway', () => {
    expect(options({ workspaceAccess: 'none' }).User).not.toBe('0:0');
  });

  it('runs as the owner of the files that it shares, unless told otherwise', () => {
    expect(options().User).toBe(`${process.getuid?.()}:${process.getgid?.()}`);
    expect(options({ user: '1000:1000' }).User).toBe('1000:1000');
  });

  it('has of the environment only what its terms say', () => {
    expect(options({ env: { A: 'b=c' } }).Env).toEqual(['HOME=/tmp', 'A=b=c']);
  });
});
