import { link, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tool, ToolResult } from '#contracts';
import { makeFifo, tempWorkspace, textOf, toolContext } from '../../../test/support/tools.js';
import { EditFileTool } from './edit-file.tool.js';
import { FileLocks } from './file-locks.js';
import { GlobTool } from './glob.tool.js';
import { hostFiles } from './host-files.fixture.js';
import { ListFilesTool } from './list-files.tool.js';
import { ReadFileTool } from './read-file.tool.js';
import { SearchTool } from './search.tool.js';
import { WriteFileTool } from './write-file.tool.js';

const CANARY = 'canary-of-the-outside';
const CALL_LIMIT_MS = 5_000;

const locks = new FileLocks();
const onHost = hostFiles();
const TOOLS: Readonly<Record<string, { tool: Tool; args: Record<string, unknown> }>> = {
  read_file: { tool: new ReadFileTool(onHost), args: {} },
  write_file: { tool: new WriteFileTool(locks, onHost), args: { content: 'overwritten' } },
  edit_file: {
    tool: new EditFileTool(locks, onHost),
    args: { old_string: 'canary', new_string: 'overwritten' },
  },
  list_files: { tool: new ListFilesTool(onHost), args: { recursive: true } },
  search: { tool: new SearchTool(onHost), args: { pattern: 'canary' } },
  glob: { tool: new GlobTool(onHost), args: { pattern: '**' } },
};

let space: Awaited<ReturnType<typeof tempWorkspace>>;
let server: Server;

/** `{outside}` is replaced by the directory around the workspace, `{ws}` by the workspace. */
const OUTSIDE_PATHS = [
  '..',
  '../',
  '../secret.txt',
  '../ws-other/secret.txt',
  'sub/../../secret.txt',
  './././../secret.txt',
  'sub//..//..//secret.txt',
  'missing/../../secret.txt',
  '../nothing-here.txt',
  '../ws-other/new/deep/file.txt',
  '/',
  '/etc/passwd',
  '/etc/nothing-here',
  '/proc/self/environ',
  '/proc/self/root/etc/passwd',
  '/dev/zero',
  '/dev/stdin',
  '{outside}/secret.txt',
  '{outside}/ws-other/secret.txt',
  '{outside}/ws-other',
  '{ws}/../secret.txt',
  '{ws}-other/secret.txt',
  '//etc/passwd',
  'link-to-file',
  'link-to-directory',
  'link-to-directory/secret.txt',
  'link-to-directory/new.txt',
  'link-to-directory/new/deep.txt',
  'link-up/secret.txt',
  'link-to-nowhere',
  'link-to-nowhere/new.txt',
  'link-to-root/etc/passwd',
  'link-chain/secret.txt',
  'sub/link-relative',
  'link-to-device',
];

const REFUSED_PATHS: Readonly<Record<string, string>> = {
  '': 'is empty',
  'a\0b': 'NUL',
  '../secret.txt\0.txt': 'NUL',
  'sub\0': 'NUL',
  [`${'d/'.repeat(2_100)}x`]: 'longer than 4096 bytes',
  ['n'.repeat(300)]: 'name is too long',
  'loop-a': 'access denied',
  'plain.txt/below': 'is a file, not a directory',
};

beforeAll(async () => {
  space = await tempWorkspace();
  const { root } = space.workspace;
  const inside = (name: string): string => join(root, name);
  await mkdir(inside('sub'), { recursive: true });
  await mkdir(join(space.outside, 'ws-other'));
  await writeFile(join(space.outside, 'secret.txt'), CANARY);
  await writeFile(join(space.outside, 'ws-other', 'secret.txt'), CANARY);
  await writeFile(inside('plain.txt'), 'plain text');
  await symlink(join(space.outside, 'secret.txt'), inside('link-to-file'));
  await symlink(join(space.outside, 'ws-other'), inside('link-to-directory'));
  await symlink('..', inside('link-up'));
  await symlink(join(space.outside, 'not-yet'), inside('link-to-nowhere'));
  await symlink('/', inside('link-to-root'));
  await symlink('link-to-directory', inside('link-chain'));
  await symlink('../../secret.txt', inside('sub/link-relative'));
  await symlink('/dev/zero', inside('link-to-device'));
  await symlink('loop-b', inside('loop-a'));
  await symlink('loop-a', inside('loop-b'));
  makeFifo(inside('pipe'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(inside('socket'), resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await space.remove();
});

async function use(name: string, path: string): Promise<ToolResult> {
  const entry = TOOLS[name];
  if (!entry) throw new Error(`No tool ${name}.`);
  const filled = path.replace('{outside}', space.outside).replace('{ws}', space.workspace.root);
  const signal = AbortSignal.timeout(CALL_LIMIT_MS);
  return entry.tool.execute({ ...entry.args, path: filled }, toolContext(space.workspace, { signal }));
}

describe.each(Object.keys(TOOLS))('%s', (name) => {
  it.each(OUTSIDE_PATHS)('denies %s', async (path) => {
    const result = await use(name, path);
    expect(textOf(result)).toMatch(/^access denied: ".*" is outside the workspace; use a path inside it/);
    expect(result.isError).toBe(true);
  });

  it.each(Object.entries(REFUSED_PATHS).map(([path, why]) => [path.slice(0, 20), path, why] as const))(
    'refuses %j and says why',
    async (_, path, why) => {
      const result = await use(name, path);
      expect(textOf(result)).toContain(why);
      expect(result.isError).toBe(true);
      expect(textOf(result)).not.toContain(space.outside);
    },
  );

  it.each(['pipe', 'socket'])('does not wait for a %s', async (path) => {
    const result = await use(name, path);
    expect(textOf(result)).toMatch(/not a regular file|is a file|No match|cannot be used/);
  });

  it('leaves everything outside as it was', async () => {
    expect(await readFile(join(space.outside, 'secret.txt'), 'utf8')).toBe(CANARY);
    expect(await readdir(join(space.outside, 'ws-other'))).toEqual(['secret.txt']);
    expect((await readdir(space.outside)).toSorted()).toEqual(['secret.txt', 'ws', 'ws-other']);
  });
});

describe('walks', () => {
  it.each(['list_files', 'search', 'glob'])('%s never goes through links', async (name) => {
    const result = await use(name, '.');
    expect(result.isError).toBe(false);
    expect(textOf(result)).not.toContain('secret.txt');
    expect(textOf(result)).not.toContain(CANARY);
  });

  it('a glob pattern cannot leave its directory either', async () => {
    for (const pattern of ['../*', '/etc/*', 'sub/../../*', 'link-up/*', 'link-to-directory/**']) {
      const result = await new GlobTool(onHost).execute({ pattern }, toolContext(space.workspace));
      expect(textOf(result)).toMatch(/must be relative|access denied/);
    }
  });
});

describe('paths that are inside', () => {
  it.each([
    'plain.txt',
    './sub/../plain.txt',
    '{ws}/plain.txt',
    'link-up/ws/plain.txt',
    'ünïcode – 日本語 🦞.txt',
    'with space.txt',
    '-rf',
    'back\\slash',
    '...',
    `${'n'.repeat(251)}.txt`,
    'café.txt',
    'café.txt',
  ])('%s can be written and read', async (path) => {
    expect(await use('write_file', path)).toMatchObject({ isError: false });
    expect(textOf(await use('read_file', path))).toBe('overwritten');
  });

  it('a hard link is replaced, not written through', async () => {
    await link(join(space.outside, 'secret.txt'), join(space.workspace.root, 'hard'));
    await use('write_file', 'hard');
    expect(textOf(await use('read_file', 'hard'))).toBe('overwritten');
    expect(await readFile(join(space.outside, 'secret.txt'), 'utf8')).toBe(CANARY);
  });

  it('without restriction, the outside can be used, and devices still not', async () => {
    const free = toolContext({ ...space.workspace, restrict: false });
    const read = new ReadFileTool(onHost);
    expect(textOf(await read.execute({ path: '../secret.txt' }, free))).toBe(CANARY);
    expect(textOf(await read.execute({ path: '/dev/zero' }, free))).toContain('not a regular file');
  });
});
