import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToolWorkspace } from '#contracts';
import { makeFifo, tempWorkspace } from '../../../test/support/tools.js';
import { openEntry, openRegular, readWhole } from './file-text.js';
import { pinByDescriptor, pinByRealPath, type Pinning } from './pin.js';
import { replaceFile } from './replace-file.js';
import { Workspace } from './workspace.js';

const ROUNDS = 300;
const CANARY = 'canary-of-the-outside';

let space: Awaited<ReturnType<typeof tempWorkspace>>;
let workspace: ToolWorkspace;

beforeEach(async () => {
  space = await tempWorkspace();
  workspace = space.workspace;
  await mkdir(join(workspace.root, 'dir'), { recursive: true });
  await mkdir(join(space.outside, 'dir'));
  await writeFile(join(workspace.root, 'dir', 'file'), 'inside');
  await writeFile(join(space.outside, 'dir', 'file'), CANARY);
});

afterEach(() => space.remove());

/**
 * Swaps `dir` between the real directory and a link to the one outside, until told to stop. A writer may make the
 * directory anew in between: then a step fails, and the next one clears up.
 */
function swapping(): { stop(): Promise<number> } {
  let running = true;
  const dir = join(workspace.root, 'dir');
  const parked = join(workspace.root, 'parked');
  const loop = async (): Promise<number> => {
    let swaps = 0;
    while (running) {
      await rename(dir, parked).catch(tolerate);
      await rm(dir, { recursive: true, force: true }).catch(tolerate);
      await symlink(join(space.outside, 'dir'), dir).then(() => swaps++, tolerate);
      await rm(dir, { recursive: true, force: true }).catch(tolerate);
      await rename(parked, dir).catch(tolerate);
    }
    return swaps;
  };
  const done = loop();
  return {
    stop: () => {
      running = false;
      return done;
    },
  };
}

function tolerate(error: unknown): void {
  if (!(error instanceof Error && 'code' in error)) throw error;
}

async function read(path: string): Promise<string> {
  const opened = await Workspace.open(workspace);
  await using file = await opened.existing(path);
  await using handle = await openRegular(file, path);
  return String(await readWhole(handle, 1_000, new AbortController().signal));
}

async function write(path: string): Promise<string> {
  const opened = await Workspace.open(workspace);
  await using target = await opened.target(path, { createParents: true });
  await replaceFile(target, 'written', new AbortController().signal);
  return 'written';
}

async function outcomes(work: () => Promise<string>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const swaps = swapping();
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = await work().catch((error: unknown) => (error instanceof Error ? error.name : 'unknown'));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  expect(await swaps.stop()).toBeGreaterThan(0);
  return counts;
}

describe.runIf(process.platform === 'linux')('a directory swapped for a link between check and use', () => {
  it('never lets a read reach the outside', async () => {
    const counts = await outcomes(() => read('dir/file'));
    expect(counts.get(CANARY)).toBeUndefined();
    expect(counts.get('inside')).toBeGreaterThan(0);
  });

  it('never lets a write reach the outside', async () => {
    const counts = await outcomes(() => write('dir/file'));
    expect(counts.get('written')).toBeGreaterThan(0);
    await outcomes(() => write('dir/new/file'));
    expect(await readFile(join(space.outside, 'dir', 'file'), 'utf8')).toBe(CANARY);
    expect(await readdir(join(space.outside, 'dir'))).toEqual(['file']);
  });

  it('keeps what was opened when its path is swapped afterwards', async () => {
    const opened = await Workspace.open(workspace);
    await using target = await opened.target('dir/file', { createParents: false });
    await using file = await opened.existing('dir/file');
    await rename(join(workspace.root, 'dir'), join(workspace.root, 'parked'));
    await symlink(join(space.outside, 'dir'), join(workspace.root, 'dir'));
    await using handle = await openRegular(file, 'dir/file');
    expect(await handle.readFile('utf8')).toBe('inside');
    await replaceFile(target, 'written', new AbortController().signal);
    expect(await readFile(join(workspace.root, 'parked', 'file'), 'utf8')).toBe('written');
    expect(await readFile(join(space.outside, 'dir', 'file'), 'utf8')).toBe(CANARY);
  });
});

describe.each<[string, Pinning]>([
  ['by descriptor', pinByDescriptor],
  ['by real path, where descriptors have no path', pinByRealPath],
])('holding a file %s', (_, pinning) => {
  it('confines, creates parents and replaces', async () => {
    await symlink(join(space.outside, 'dir'), join(workspace.root, 'link'));
    const opened = await Workspace.open(workspace, pinning);
    for (const path of ['link/file', '../dir/file', '/etc/passwd', 'link/new']) {
      await expect(opened.existing(path)).rejects.toThrow('access denied');
      await expect(opened.target(path, { createParents: true })).rejects.toThrow('access denied');
    }
    await using target = await opened.target('a/b/c', { createParents: true });
    await replaceFile(target, 'written', new AbortController().signal);
    expect(await readFile(join(workspace.root, 'a/b/c'), 'utf8')).toBe('written');
    await using directory = await opened.existing('.');
    expect(await opened.entry(directory, 'link')).toBeUndefined();
  });
});

it('opens nothing but regular files as entries, whatever they were when they were listed', async () => {
  makeFifo(join(workspace.root, 'pipe'));
  await symlink(join(space.outside, 'dir', 'file'), join(workspace.root, 'link'));
  const opened = await Workspace.open(workspace);
  await using directory = await opened.existing('.');
  for (const name of ['pipe', 'link', 'dir', 'gone'])
    expect(await openEntry(directory, name)).toBeUndefined();
});
