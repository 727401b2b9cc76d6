import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox, Tool, WorkspaceAccess } from '#contracts';
import { EditFileTool } from '../../src/tools/fs/edit-file.tool.js';
import { FileLocks } from '../../src/tools/fs/file-locks.js';
import { GlobTool } from '../../src/tools/fs/glob.tool.js';
import { ListFilesTool } from '../../src/tools/fs/list-files.tool.js';
import { ReadFileTool } from '../../src/tools/fs/read-file.tool.js';
import { SandboxedWorkspaces } from '../../src/tools/fs/sandboxed/sandboxed-workspaces.js';
import { SearchTool } from '../../src/tools/fs/search.tool.js';
import { WriteFileTool } from '../../src/tools/fs/write-file.tool.js';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { finished, sandboxesAt, type SandboxesUnderTest, termsOf } from '../support/sandbox/index.js';
import { runContext, textOf, toolContext } from '../support/tools.js';

type ToolName = 'read' | 'write' | 'edit' | 'list' | 'glob' | 'search';

describeWithEngine('files of a sandbox', () => {
  let podman: TestPodman;
  let under: SandboxesUnderTest;
  let tools: Record<ToolName, Tool>;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    podman = await startPodman();
    under = await sandboxesAt(podman.dockerHost, SANDBOX_IMAGE);
    const locks = new FileLocks();
    const inside = new SandboxedWorkspaces(under.sandboxes, locks);
    tools = {
      read: new ReadFileTool(inside),
      write: new WriteFileTool(locks, inside),
      edit: new EditFileTool(locks, inside),
      list: new ListFilesTool(inside),
      glob: new GlobTool(inside),
      search: new SearchTool(inside),
    };
  });
  afterAll(async () => {
    await under[Symbol.asyncDispose]();
    await podman[Symbol.asyncDispose]();
  });

  /** A user of his own in each test: a sandbox and a directory that nobody else has. */
  function userOf(workspaceAccess: WorkspaceAccess, userId: string) {
    const root = join(under.workspace, userId);
    mkdirSync(root);
    const terms = termsOf(SANDBOX_IMAGE, { workspaceAccess });
    const run = runContext({ caller: { ...runContext().caller, userId } });
    const context = toolContext({ root, restrict: false }, { run, sandbox: terms });
    const owner = { userId, agentId: run.agent.id, sessionKey: run.session.key };
    return {
      root,
      use: async (tool: ToolName, args: Record<string, unknown>): Promise<string> => {
        const result = await tools[tool].execute(args, context);
        return (result.isError ? 'ERROR ' : '') + textOf(result);
      },
      sandbox: (): Promise<Sandbox> => under.sandboxes.open(terms, owner, root, signal),
    };
  }

  describe('that sees nothing of the workspace', () => {
    it('are written, read, edited, listed and found where its commands see them, and nowhere else', async () => {
      const { use, sandbox, root } = userOf('none', 'alone');
      expect(await use('write', { path: 'notes/a b.txt', content: 'one\ntwo\nthree\n' })).toBe(
        'File written: notes/a b.txt (14 bytes)',
      );
      expect(
        await use('edit', { path: '/workspace/notes/a b.txt', old_string: 'two', new_string: '2' }),
      ).toBe('Edited notes/a b.txt: 1 replaced (line 2)');
      const place = await sandbox();
      expect((await finished(place, ['cat', 'notes/a b.txt'])).stdout).toBe('one\n2\nthree\n');
      expect(await use('read', { path: 'notes/a b.txt', start_line: 2, end_line: 2 })).toMatch(/^2\n/);
      expect(await use('list', { recursive: true })).toBe('[DIR]  notes/\n[FILE] notes/a b.txt (12 bytes)');
      expect(await use('glob', { pattern: '*.txt' })).toBe('notes/a b.txt');
      expect(await use('search', { pattern: 'thr.e' })).toBe('notes/a b.txt:3: three');
      expect(await use('list', { path: '/workspace' })).toBe('[DIR]  notes/');
      expect(() => readFileSync(join(root, 'notes'))).toThrow();
    });

    it('are the sandbox’s own also outside of /workspace: nothing of the host', async () => {
      const { use } = userOf('none', 'etc');
      writeFileSync(join(under.workspace, 'host-only'), 'host');
      expect(await use('read', { path: '/etc/passwd' })).toContain('sandbox:x:1000');
      expect(await use('read', { path: join(under.workspace, 'host-only') })).toMatch(
        /^ERROR .*does not exist/,
      );
      expect(await use('read', { path: '../../../../etc/hostname' })).not.toContain('vm');
      expect(await use('write', { path: '/etc/passwd', content: 'x' })).toMatch(/^ERROR .*cannot be written/);
    });

    it('of any name are taken as names, and never as options or as a shell would', async () => {
      const { use, sandbox } = userOf('none', 'names');
      const names = [
        '-rf',
        '--help',
        '$(touch pwned)',
        '`touch pwned`',
        "it's; touch pwned",
        'line\nbreak',
        '* ?',
        'ünï 🦞',
      ];
      for (const name of names) {
        expect(await use('write', { path: name, content: `of ${name}` })).toMatch(/^File written/);
        expect(await use('read', { path: name })).toBe(`of ${name}`);
      }
      const place = await sandbox();
      const { entries, complete } = await place.files.tree(
        '/workspace',
        { skip: [], maxEntries: 50, maxDepth: 5 },
        signal,
      );
      expect(complete).toBe(true);
      expect(entries.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    });

    it('that are links, devices, directories or missing are told so', async () => {
      const { use, sandbox } = userOf('none', 'kinds');
      const place = await sandbox();
      await finished(place, [
        'sh',
        '-c',
        'mkfifo pipe; mkdir d; echo x > real; ln -s real link; ln -s nowhere dangling; ln -s loop loop; chmod 755 real',
      ]);
      expect(await use('read', { path: 'pipe' })).toMatch(/^ERROR .*not a regular file/);
      expect(await use('read', { path: '/dev/zero' })).toMatch(/^ERROR .*not a regular file/);
      expect(await use('read', { path: 'd' })).toMatch(/^ERROR .*use list_files/);
      expect(await use('read', { path: 'missing' })).toMatch(/^ERROR .*does not exist/);
      expect(await use('read', { path: 'dangling' })).toMatch(/^ERROR .*does not exist/);
      expect(await use('read', { path: 'loop' })).toMatch(/^ERROR .*circle/);
      expect(await use('write', { path: 'd', content: 'x' })).toMatch(/^ERROR .*directory/);
      expect(await use('write', { path: 'pipe', content: 'x' })).toMatch(/^ERROR .*no regular file/);
      expect(await use('write', { path: 'link', content: 'through' })).toMatch(/^File written/);
      expect((await finished(place, ['sh', '-c', 'cat real; stat -c %a real; readlink link'])).stdout).toBe(
        'through755\nreal\n',
      );
    });

    it('that are large are read, searched and refused within their limits', async () => {
      const { use, sandbox } = userOf('none', 'large');
      const place = await sandbox();
      await finished(place, [
        'sh',
        '-c',
        'yes 0123456789 | head -c 6000000 > large; seq 1 100000 > lines; head -c 100 /dev/zero > binary',
      ]);
      expect(await use('read', { path: 'lines', start_line: 99_999 })).toBe('99999\n100000\n');
      expect(await use('read', { path: 'large' })).toMatch(/Read on with start_line/);
      expect(await use('read', { path: 'binary' })).toMatch(/^ERROR .*binary/);
      expect(await use('search', { pattern: '^99999$' })).toBe(
        'lines:99999: 99999\n[Too large to search: large]',
      );
      expect(await use('write', { path: 'too-much', content: 'x'.repeat(9_000_000) })).toMatch(
        /^File written/,
      );
      await finished(place, ['sh', '-c', 'dd if=/dev/zero of=fill bs=1M count=64 2>/dev/null']);
      expect(await use('write', { path: 'lines', content: 'y'.repeat(5_000_000) })).toMatch(/^ERROR .*full/);
      expect(await use('read', { path: 'lines', end_line: 1 })).toMatch(/^1\n/);
      expect(await use('list', {})).not.toContain('.tmp');
    });

    it('are searched in one sweep, however many there are', async () => {
      const { use, sandbox } = userOf('none', 'many');
      const place = await sandbox();
      await finished(place, [
        'sh',
        '-c',
        'mkdir -p a/b node_modules; i=0; while [ $i -lt 3000 ]; do echo "needle $i" > a/b/file-with-a-long-name-$i; i=$((i+1)); done; echo needle > node_modules/x',
      ]);
      expect(await use('search', { pattern: 'needle 2999$' })).toBe(
        'a/b/file-with-a-long-name-2999:1: needle 2999\n[Not looked into: node_modules; name it in path to do so.]',
      );
      expect(await use('glob', { pattern: 'a/**/*-2998' })).toBe('a/b/file-with-a-long-name-2998');
    });
  });

  it('that may only be read are read on the host, and not written', async () => {
    const { use, root } = userOf('ro', 'reader');
    writeFileSync(join(root, 'a.txt'), 'text');
    expect(await use('read', { path: '/workspace/a.txt' })).toBe('text');
    expect(await use('write', { path: 'a.txt', content: 'x' })).toMatch(/^ERROR .*read-only/);
    expect(await use('edit', { path: 'a.txt', old_string: 't', new_string: 'x' })).toMatch(
      /^ERROR .*read-only/,
    );
    expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('text');
  });

  it('that are mounted are the workspace’s, and links that commands made lead nowhere else', async () => {
    const { use, root, sandbox } = userOf('rw', 'writer');
    const place = await sandbox();
    writeFileSync(join(under.workspace, 'secret'), 'secret');
    await finished(place, [
      'sh',
      '-c',
      'echo made > made.txt; ln -s ../secret up; ln -s /etc/shadow shadow; ln -s / root',
    ]);
    symlinkSync(join(root, 'made.txt'), join(root, 'inner'));
    expect(await use('read', { path: '/workspace/made.txt' })).toBe('made\n');
    expect(await use('read', { path: 'inner' })).toBe('made\n');
    for (const path of [
      'up',
      'shadow',
      'root/etc/passwd',
      '/etc/passwd',
      '../secret',
      '/workspace/../secret',
    ])
      expect(await use('read', { path })).toMatch(/^ERROR access denied/);
    expect(await use('write', { path: 'shadow', content: 'x' })).toMatch(/^ERROR access denied/);
    await use('write', { path: '/workspace/new/file', content: 'from the tool' });
    expect((await finished(place, ['sh', '-c', 'cat new/file; echo more >> new/file'])).stdout).toBe(
      'from the tool',
    );
    expect(readFileSync(join(root, 'new/file'), 'utf8')).toBe('from the toolmore\n');
  });
});
