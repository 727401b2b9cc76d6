import { describe, expect, it } from 'vitest';
import type { SandboxTerms } from '#contracts';
import { SandboxConfig, type SandboxSettings } from './sandbox.config.js';
import { sandboxTermsOf } from './sandbox-terms.js';
import { strictest } from './strictest.js';

const MIN = 60_000;

function terms(changes: Partial<SandboxTerms> = {}): SandboxTerms {
  const made = sandboxTermsOf(Object.assign(new SandboxConfig(), { mode: 'all' }), undefined, false);
  if (!made) throw new Error('There is no sandbox.');
  return { ...made, ...changes };
}

const TIGHT: Partial<SandboxTerms> = {
  workspaceAccess: 'none',
  scope: 'session',
  memoryMb: 64,
  cpus: 0.5,
  timeoutMs: 1_000,
  networkEnabled: false,
  readOnlyRoot: true,
  tmpfsSizeMb: 8,
  maxOutputBytes: 10,
  idleMs: 5,
  maxAgeMs: 6,
  pruneIntervalMs: 7,
};
const LOOSE: Partial<SandboxTerms> = {
  workspaceAccess: 'rw',
  scope: 'shared',
  memoryMb: 128,
  cpus: 2,
  timeoutMs: 2_000,
  networkEnabled: true,
  readOnlyRoot: false,
  tmpfsSizeMb: 0,
  maxOutputBytes: 20,
  idleMs: 0,
  maxAgeMs: 0,
  pruneIntervalMs: 8,
};

describe('the sandbox of an agent', () => {
  it('is off unless it is asked for', () => {
    expect(sandboxTermsOf(new SandboxConfig(), undefined, false)).toBeUndefined();
    expect(sandboxTermsOf(new SandboxConfig(), {}, true)).toBeUndefined();
  });

  it('is of all agents but the default one where the mode says so', () => {
    const defaults = Object.assign(new SandboxConfig(), { mode: 'non-main' as const });
    expect(sandboxTermsOf(defaults, undefined, true)).toBeUndefined();
    expect(sandboxTermsOf(defaults, undefined, false)).toBeDefined();
    expect(sandboxTermsOf(defaults, { mode: 'all' }, true)).toBeDefined();
    expect(sandboxTermsOf(defaults, { mode: 'off' }, false)).toBeUndefined();
  });

  it('has the defaults that are documented, in the units that are used', () => {
    expect(terms()).toEqual({
      image: 'goclaw-sandbox:bookworm-slim',
      workspaceAccess: 'rw',
      scope: 'session',
      memoryMb: 512,
      cpus: 1,
      timeoutMs: 5 * MIN,
      networkEnabled: false,
      readOnlyRoot: true,
      env: {},
      tmpfsSizeMb: 0,
      maxOutputBytes: 1024 * 1024,
      idleMs: 24 * 60 * MIN,
      maxAgeMs: 7 * 24 * 60 * MIN,
      pruneIntervalMs: 5 * MIN,
    });
  });

  it('has its own settings before the defaults, and both their variables', () => {
    const defaults = Object.assign(new SandboxConfig(), {
      mode: 'all' as const,
      env: { A: '1', B: '1' },
      user: '1',
    });
    // Documents of agents may have keys without a value.
    const own = {
      memory_mb: 64,
      env: { B: '2' },
      read_only_root: false,
      cpus: null,
    } as unknown as SandboxSettings;
    expect(sandboxTermsOf(defaults, own, false)).toMatchObject({
      memoryMb: 64,
      readOnlyRoot: false,
      env: { A: '1', B: '2' },
      user: '1',
      cpus: 1,
    });
  });
});

describe('the strictest of two sandboxes', () => {
  it('is the one where only one run has one', () => {
    const only = terms();
    expect(strictest(only, undefined)).toBe(only);
    expect(strictest(undefined, only)).toBe(only);
    expect(strictest(undefined, undefined)).toBeUndefined();
  });

  it('has of every limit the tighter one, whoever sets it', () => {
    expect(strictest(terms(TIGHT), terms(LOOSE))).toMatchObject(TIGHT);
    expect(strictest(terms(LOOSE), terms(TIGHT))).toMatchObject(TIGHT);
  });

  it('has the image and variables of the child, and the user of the parent where the child has none', () => {
    const parent = terms({ image: 'parent', env: { A: '1' }, user: '1000' });
    expect(strictest(parent, terms({ image: 'child', env: { B: '2' } }))).toMatchObject({
      image: 'child',
      env: { B: '2' },
      user: '1000',
    });
  });
});
