import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '#contracts';
import { mountedDirectory } from './mounted-directory.js';

describe('the directory that a sandbox mounts', () => {
  let root: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'goclaw-mounted-')));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the one that its links lead to now: whoever changes a link later changes no mount', async () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    const mounted = await mountedDirectory(join(root, 'link'));
    expect(mounted.path).toBe(join(root, 'real'));
    expect(mounted).toEqual(await mountedDirectory(join(root, 'real')));
  });

  it('is made when it is missing, and is another one when it was made anew', async () => {
    const path = join(root, 'a', 'b');
    const first = await mountedDirectory(path);
    renameSync(path, join(root, 'away'));
    const second = await mountedDirectory(path);
    expect([second.path, second.identity === first.identity]).toEqual([path, false]);
  });

  it('that cannot be one is told, with who must see to it', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(mountedDirectory(join(root, 'file'))).rejects.toThrow(CommandError);
    await expect(mountedDirectory(join(root, 'file'))).rejects.toThrow(/administrator/);
  });
});
