import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../../test/support/callers.js';
import { DiskContextFiles } from './disk-context-files.js';

describe('context files on disk', () => {
  const caller = callerOf('local');
  let workspace: string;
  let files: DiskContextFiles;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'goclaw-context-'));
    files = new DiskContextFiles();
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  const agent = () => ({ id: 'a', key: 'default', type: 'open' as const, workspace });
  const names = async () => (await files.load({ agent: agent(), caller })).map(({ name }) => name);

  it('are made once where they are missing, the first conversation in a new workspace only', async () => {
    writeFileSync(join(workspace, 'AGENTS.md'), 'mine');
    expect(await names()).toEqual([
      'AGENTS.md',
      'SOUL.md',
      'TOOLS.md',
      'IDENTITY.md',
      'USER.md',
      'HEARTBEAT.md',
    ]);
    expect((await files.find({ agent: agent() }, 'AGENTS.md'))?.content).toBe('mine');
    rmSync(join(workspace, 'SOUL.md'));
    expect(await names()).not.toContain('SOUL.md');
  });

  it('are all made by several who come at once', async () => {
    const loaded = await Promise.all([names(), names(), names()]);
    expect(loaded.map((found) => found.length)).toEqual([7, 7, 7]);
  });

  it('are no links: what lies outside of the workspace is not shown', async () => {
    const secret = join(workspace, 'elsewhere.txt');
    writeFileSync(secret, 'secret');
    symlinkSync(secret, join(workspace, 'SOUL.md'));
    expect(await files.find({ agent: agent() }, 'SOUL.md')).toBeUndefined();
    await files.write(caller, { agent: agent() }, 'SOUL.md', 'new');
    expect((await files.find({ agent: agent() }, 'SOUL.md'))?.content).toBe('new');
    expect((await files.find({ agent: agent() }, 'elsewhere.txt'))?.content).toBe('secret');
  });

  it('leave nothing else behind when they are written and removed', async () => {
    await files.write(caller, { agent: agent() }, 'USER.md', 'x');
    expect(readdirSync(workspace)).toEqual(['USER.md']);
    expect(await files.remove(caller, { agent: agent() }, 'USER.md')).toBe(true);
    expect(await files.remove(caller, { agent: agent() }, 'USER.md')).toBe(false);
  });
});
