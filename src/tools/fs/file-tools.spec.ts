import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tool, ToolResult } from '#contracts';
import { tempWorkspace, textOf, toolContext } from '../../../test/support/tools.js';
import { EditFileTool } from './edit-file.tool.js';
import { FileLocks } from './file-locks.js';
import { GLOB_MAX_RESULTS, LIST_MAX_ENTRIES, READ_MAX_BYTES, SEARCH_MAX_FILE_BYTES } from './fs.limits.js';
import { GlobTool } from './glob.tool.js';
import { hostFiles } from './host-files.fixture.js';
import { ListFilesTool } from './list-files.tool.js';
import { ReadFileTool } from './read-file.tool.js';
import { SearchTool } from './search.tool.js';
import { WriteFileTool } from './write-file.tool.js';

const locks = new FileLocks();
const onHost = hostFiles();
const reader = new ReadFileTool(onHost);
const writer = new WriteFileTool(locks, onHost);
const editor = new EditFileTool(locks, onHost);
const lister = new ListFilesTool(onHost);
const searcher = new SearchTool(onHost);
const globber = new GlobTool(onHost);

let space: Awaited<ReturnType<typeof tempWorkspace>>;

beforeEach(async () => {
  space = await tempWorkspace();
});

afterEach(() => space.remove());

function at(path: string): string {
  return join(space.workspace.root, path);
}

async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), content);
}

function run(tool: Tool, args: Record<string, unknown>): Promise<ToolResult> {
  return tool.execute(args, toolContext(space.workspace));
}

async function ask(tool: Tool, args: Record<string, unknown>): Promise<string> {
  const result = await run(tool, args);
  expect(textOf(result)).not.toContain(space.outside);
  return (result.isError ? 'ERROR ' : '') + textOf(result);
}

describe('read_file', () => {
  it('returns a small file as it is', async () => {
    await put('a.txt', 'one\r\ntwo\n🦞');
    expect(await ask(reader, { path: 'a.txt' })).toBe('one\r\ntwo\n🦞');
  });

  it('returns a range of lines, both ends included', async () => {
    await put('a.txt', 'one\ntwo\nthree\nfour');
    expect(await ask(reader, { path: 'a.txt', start_line: 2, end_line: 3 })).toBe(
      'two\nthree\n[Lines 2-3 of "a.txt" (18 bytes).]',
    );
    expect(await ask(reader, { path: 'a.txt', start_line: 4, end_line: 99 })).toBe('four');
    expect(await ask(reader, { path: 'a.txt', start_line: 5 })).toBe(
      'ERROR "a.txt" has no line 5; its last line is 4.',
    );
    expect(await ask(reader, { path: 'a.txt', start_line: 3, end_line: 2 })).toContain(
      'is before start_line',
    );
  });

  it('reads a long file in pieces that join without a gap', async () => {
    const whole = Array.from({ length: 9_000 }, (_, index) => `line ${index + 1} äöü\n`).join('');
    await put('long.txt', whole);
    let joined = '';
    let next: number | undefined = 1;
    let calls = 0;
    while (next !== undefined) {
      const piece = await ask(reader, { path: 'long.txt', start_line: next });
      expect(Buffer.byteLength(piece)).toBeLessThan(READ_MAX_BYTES + 200);
      const note = /\[Lines \d+-\d+ of "long\.txt" \(\d+ bytes\)\. Read on with start_line (\d+)\.\]$/.exec(
        piece,
      );
      joined += note ? piece.slice(0, note.index) : piece;
      next = note ? Number(note[1]) : undefined;
      calls += 1;
    }
    expect(joined).toBe(whole);
    expect(calls).toBe(Math.ceil(Buffer.byteLength(whole) / READ_MAX_BYTES));
  });

  it('shows the beginning of a line that is too long, without half a character', async () => {
    await put('wide.txt', `x${'🦞'.repeat(50_000)}\nnext\n`);
    const text = await ask(reader, { path: 'wide.txt' });
    expect(text).toMatch(/^x🦞+\n\[Only the first \d+ bytes of line 1/u);
    expect(text).not.toContain('\uFFFD');
    expect(await ask(reader, { path: 'wide.txt', start_line: 2 })).toBe('next\n');
  });

  it('says what is binary, empty, a directory, missing, or no UTF-8', async () => {
    await put('image.png', Buffer.from([0x89, 0x50, 0, 0x47]));
    await put('empty', '');
    await put('latin1.txt', Buffer.from('caf\xe9', 'latin1'));
    expect(await ask(reader, { path: 'image.png' })).toBe(
      'ERROR "image.png" is a binary file (4 bytes), not text; it cannot be shown.',
    );
    expect(await ask(reader, { path: 'empty' })).toBe('[The file "empty" is empty.]');
    expect(await ask(reader, { path: '.' })).toBe('ERROR "." is a directory; use list_files.');
    expect(await ask(reader, { path: 'none' })).toMatch(/^ERROR "none" does not exist; find what exists/);
    expect(await ask(reader, { path: 'latin1.txt' })).toBe(
      'caf\uFFFD\n[Not valid UTF-8: what could not be decoded shows as \uFFFD.]',
    );
  });

  it('stops when its signal aborts', async () => {
    await put('a.txt', 'text');
    const context = toolContext(space.workspace, { signal: AbortSignal.abort(new Error('stopped')) });
    await expect(reader.execute({ path: 'a.txt' }, context)).rejects.toThrow('stopped');
  });
});

describe('write_file', () => {
  it('creates the file and its parents, and replaces it later', async () => {
    expect(await ask(writer, { path: 'new/deep/a.txt', content: 'größe' })).toBe(
      'File written: new/deep/a.txt (7 bytes)',
    );
    await ask(writer, { path: 'new/deep/a.txt', content: '' });
    expect(await readFile(at('new/deep/a.txt'), 'utf8')).toBe('');
    expect(await readdir(at('new/deep'))).toEqual(['a.txt']);
  });

  it('keeps permissions, and follows a link inside the workspace', async () => {
    await put('tool.sh', 'old');
    await chmod(at('tool.sh'), 0o755);
    await symlink('tool.sh', at('link.sh'));
    await ask(writer, { path: 'link.sh', content: 'new' });
    expect(await readFile(at('tool.sh'), 'utf8')).toBe('new');
    expect((await stat(at('tool.sh'))).mode & 0o777).toBe(0o755);
    expect(await readdir(space.workspace.root)).toEqual(['link.sh', 'tool.sh']);
  });

  it('refuses directories, files as parents, and what is too large', async () => {
    await put('dir/file', 'x');
    expect(await ask(writer, { path: 'dir', content: 'x' })).toContain('ERROR "dir" is a directory');
    expect(await ask(writer, { path: 'new/', content: 'x' })).toContain('names a directory; add a file name');
    expect(await ask(writer, { path: 'dir/file/x', content: 'x' })).toContain('is a file, not a directory');
    expect(await ask(writer, { path: 'big', content: 'x'.repeat(10 * 1024 * 1024 + 1) })).toContain(
      'write several files',
    );
  });

  it('leaves neither a half-written file nor a temporary one when it is stopped', async () => {
    await put('a.txt', 'old');
    const context = toolContext(space.workspace, { signal: AbortSignal.abort(new Error('stopped')) });
    await expect(writer.execute({ path: 'a.txt', content: 'new' }, context)).rejects.toThrow();
    expect(await readFile(at('a.txt'), 'utf8')).toBe('old');
    expect(await readdir(space.workspace.root)).toEqual(['a.txt']);
  });
});

describe('edit_file', () => {
  const edit = (old_string: string, new_string: string, more = {}): Promise<string> =>
    ask(editor, { path: 'a.txt', old_string, new_string, ...more });

  it('replaces a text that occurs once, literally', async () => {
    await put('a.txt', 'a.c\nabc\n');
    expect(await edit('a.c', '$& $1')).toBe('Edited a.txt: 1 replaced (line 1)');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('$& $1\nabc\n');
  });

  it('refuses a text that occurs more than once and names the lines, unless all are meant', async () => {
    await put('a.txt', 'x\ny\nx x\n');
    expect(await edit('x', 'z')).toBe(
      'ERROR old_string occurs 3 times in "a.txt" (lines 1, 3, 3); give more of the text around it, or set replace_all.',
    );
    expect(await edit('x', 'z', { replace_all: true })).toBe('Edited a.txt: 3 replaced (lines 1, 3, 3)');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('z\ny\nz z\n');
  });

  it('says why nothing was found', async () => {
    await put('a.txt', 'first\n    second()\n');
    expect(await edit('\tsecond()', 'x')).toContain('Its first line is like line 2, but white space');
    expect(await edit('third', 'x')).toContain('Nothing like its first line is there');
    expect(await edit('key=[REDACTED]', 'x')).toContain('stands for a credential that is not shown');
    expect(await edit('first', 'first')).toContain('nothing to change');
    expect(await ask(editor, { path: 'none', old_string: 'a', new_string: 'b' })).toContain('does not exist');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('first\n    second()\n');
  });

  it('keeps CRLF line ends and a byte order mark', async () => {
    await put('a.txt', '\uFEFFone\r\ntwo\r\nthree\r\n');
    await edit('one\ntwo', '1\n2');
    expect(await readFile(at('a.txt'), 'utf8')).toBe('\uFEFF1\r\n2\r\nthree\r\n');
  });

  it('refuses what is no UTF-8 instead of damaging it', async () => {
    const bytes = Buffer.from('caf\xe9 x', 'latin1');
    await put('a.txt', bytes);
    expect(await edit('x', 'y')).toContain('is not UTF-8 text');
    expect(await readFile(at('a.txt'))).toEqual(bytes);
  });

  it('loses none of the edits that a batch makes to one file', async () => {
    await put('a.txt', Array.from({ length: 30 }, (_, index) => `<${index}>\n`).join(''));
    await Promise.all(Array.from({ length: 30 }, (_, index) => edit(`<${index}>`, `done ${index}`)));
    expect(await readFile(at('a.txt'), 'utf8')).toBe(
      Array.from({ length: 30 }, (_, index) => `done ${index}\n`).join(''),
    );
  });
});

describe('list_files', () => {
  it('lists names with sizes, links without following them', async () => {
    await put('b.txt', '12345');
    await put('a/inner.txt', '1');
    await symlink('/etc', at('link'));
    expect(await ask(lister, {})).toBe('[DIR]  a/\n[FILE] b.txt (5 bytes)\n[LINK] link');
    expect(await ask(lister, { path: '.', recursive: true })).toBe(
      '[DIR]  a/\n[FILE] b.txt (5 bytes)\n[LINK] link\n[FILE] a/inner.txt (1 bytes)',
    );
  });

  it('answers for empty and missing directories, and refuses files', async () => {
    await put('dir/file', 'x');
    await mkdir(at('empty'));
    expect(await ask(lister, { path: 'empty' })).toBe('The directory "empty" is empty.');
    expect(await ask(lister, { path: 'none' })).toBe('The directory "none" does not exist.');
    expect(await ask(lister, { path: 'dir/file' })).toContain('ERROR "dir/file" is a file');
  });

  it('is bounded, and says where it did not look', async () => {
    await mkdir(at('many'), { recursive: true });
    await Promise.all(Array.from({ length: LIST_MAX_ENTRIES + 5 }, (_, i) => writeFile(at(`many/${i}`), '')));
    const lines = (await ask(lister, { path: 'many' })).split('\n');
    expect(lines).toHaveLength(LIST_MAX_ENTRIES + 1);
    expect(lines.at(-1)).toContain(`More than ${LIST_MAX_ENTRIES} entries`);
    await put('node_modules/x/index.js', '');
    expect(await ask(lister, { path: '.', recursive: true })).not.toContain('index.js');
    await put('app/node_modules/x', '');
    expect(await ask(lister, { path: 'app', recursive: true })).toContain('[Not looked into: node_modules;');
    expect(await ask(lister, { path: 'node_modules', recursive: true })).toContain('x/index.js');
  });
});

describe('search', () => {
  it('names file and line of each match, with context when asked for', async () => {
    await put('src/a.ts', 'one\ntwo needle\nthree\nfour\nfive needle\n');
    await put('b.md', 'Needle\r\n');
    expect(await ask(searcher, { pattern: 'needle' })).toBe(
      'src/a.ts:2: two needle\nsrc/a.ts:5: five needle',
    );
    expect(await ask(searcher, { pattern: '^needle$', ignore_case: true })).toBe(
      'No match; files searched: 2.',
    );
    expect(await ask(searcher, { pattern: '^needle', ignore_case: true })).toBe('b.md:1: Needle');
    expect(await ask(searcher, { pattern: 'needle', path: 'src/a.ts', context_lines: 1 })).toBe(
      [
        'src/a.ts-1- one',
        'src/a.ts:2: two needle',
        'src/a.ts-3- three',
        'src/a.ts-4- four',
        'src/a.ts:5: five needle',
      ].join('\n'),
    );
  });

  it('looks only into files that fit, and leaves binary and huge ones out', async () => {
    await put('a.ts', 'needle');
    await put('a.js', 'needle');
    await put('src/b.ts', 'needle');
    await put('bin.ts', Buffer.from('needle\0'));
    await put('huge.ts', `needle${'\n'.repeat(SEARCH_MAX_FILE_BYTES)}`);
    expect(await ask(searcher, { pattern: 'needle', include: '*.ts' })).toBe(
      'a.ts:1: needle\nsrc/b.ts:1: needle\n[Too large to search: huge.ts]',
    );
    expect(await ask(searcher, { pattern: 'needle', include: 'src/**' })).toBe('src/b.ts:1: needle');
  });

  it('stops at the number of results that was asked for', async () => {
    await put('a.txt', 'x\n'.repeat(10));
    expect(await ask(searcher, { pattern: 'x', max_results: 2 })).toBe(
      'a.txt:1: x\na.txt:2: x\n[Stopped at 2 matches; narrow pattern, path or include.]',
    );
  });

  it('shows the part of a long line where the match is, also far into it', async () => {
    await put('min.js', `${'a'.repeat(200_000)}needle${'b'.repeat(200_000)}`);
    const text = await ask(searcher, { pattern: 'need+le' });
    expect(text).toMatch(/^min\.js:1: …a+needleb+…$/);
    expect(text.length).toBeLessThan(400);
  });

  it('lets other work run while a hostile pattern is searched for', async () => {
    await put('a.txt', `${'a'.repeat(2_000_000)}!\n${'a'.repeat(3_000)}1\n`);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const text = await ask(searcher, { pattern: '[a-z]{1,300}\\d' });
    clearInterval(timer);
    expect(text).toMatch(
      /^a\.txt:2: …a+…\n\[Very long lines were searched only at their beginning.*: a\.txt\]$/,
    );
    expect(turns).toBeGreaterThan(0);
  });

  it('says what a pattern cannot do', async () => {
    expect(await ask(searcher, { pattern: '(' })).toContain('ERROR The pattern cannot be used: ');
    expect(await ask(searcher, { pattern: '(?=a)a' })).toContain('no lookaround');
    expect(await ask(searcher, { pattern: '(a|b|c){900}' })).toContain('use smaller counts');
    expect(await ask(searcher, { pattern: 'x'.repeat(2_000) })).toContain('use a shorter one');
  });
});

describe('glob', () => {
  beforeEach(async () => {
    for (const path of ['a.ts', 'b.js', 'src/c.ts', 'src/deep/d.tsx', 'src/deep/[x].md', 'docs/e1.md'])
      await put(path, '');
  });

  it.each([
    ['*.ts', ['a.ts', 'src/c.ts']],
    ['src/*.ts', ['src/c.ts']],
    ['./src/**/*.{ts,tsx}', ['src/c.ts', 'src/deep/d.tsx']],
    ['**/deep/*', ['src/deep/[x].md', 'src/deep/d.tsx']],
    ['src/**', ['src/c.ts', 'src/deep/[x].md', 'src/deep/d.tsx']],
    ['docs/e?.md', ['docs/e1.md']],
    ['docs/e[0-9].md', ['docs/e1.md']],
    ['[!a].js', ['b.js']],
    [String.raw`\[x\].md`, ['src/deep/[x].md']],
    ['src/deep/d.tsx', ['src/deep/d.tsx']],
    ['{a,src/c}.ts', ['a.ts', 'src/c.ts']],
  ])('%s finds %j', async (pattern, expected) => {
    expect((await ask(globber, { pattern })).split('\n')).toEqual(expected);
  });

  it('says when nothing fits, and refuses broken patterns', async () => {
    expect(await ask(globber, { pattern: '*.rs' })).toBe('No file matches "*.rs".');
    expect(await ask(globber, { pattern: '{a' })).toContain('does not close');
    expect(await ask(globber, { pattern: '*', path: 'a.ts' })).toContain(
      'is a file; set path to a directory',
    );
  });

  it('is bounded, and linear for hostile patterns', async () => {
    await mkdir(at('many'), { recursive: true });
    await Promise.all(
      Array.from({ length: GLOB_MAX_RESULTS + 5 }, (_, i) => writeFile(at(`many/${'a'.repeat(60)}${i}`), '')),
    );
    const lines = (await ask(globber, { pattern: 'many/*' })).split('\n');
    expect(lines).toHaveLength(GLOB_MAX_RESULTS + 1);
    expect(await ask(globber, { pattern: `many/${'*a'.repeat(30)}b` })).toContain('No file matches');
  });
});
