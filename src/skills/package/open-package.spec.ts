import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { skillZip, zip } from '../../../test/support/zip.js';
import { openPackage } from './open-package.js';
import { ENTRIES_MAX, FILE_MAX_BYTES } from './package-limits.js';
import { readSkillText, unpack } from './unpack.js';

const LINK = 0o120777;
const DEVICE = 0o020666;

function newDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'goclaw-package-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('A skill package', () => {
  it('is unpacked with its directories, without what packers leave behind', async () => {
    const archive = skillZip('Tidy', [
      { name: './docs/' },
      { name: './docs/a.txt', content: 'A' },
      { name: '__MACOSX/._SKILL.md', content: 'x' },
      { name: 'docs/.DS_Store', content: 'x' },
    ]);
    const files = await openPackage(archive);
    expect(files.map(({ path }) => path)).toEqual(['SKILL.md', 'docs/a.txt']);
    const directory = newDirectory();
    await unpack(files, directory);
    expect(readFileSync(join(directory, 'docs/a.txt'), 'utf8')).toBe('A');
    expect(await readSkillText(files)).toContain('name: Tidy');
  });

  it.each([
    [
      'a path upwards',
      zip([{ name: '../evil.txt' }]),
      'file is not a ZIP archive that can be read: invalid relative path',
    ],
    ['a path upwards inside', zip([{ name: 'a/../../evil.txt' }]), 'invalid relative path'],
    ['an absolute path', zip([{ name: '/etc/passwd' }]), 'absolute path'],
    ['a path of Windows', zip([{ name: 'C:\\evil.txt' }]), 'invalid characters'],
    ['a drive', zip([{ name: 'c:evil.txt' }]), 'absolute path'],
    ['an empty part', zip([{ name: 'a//b.txt' }]), 'not taken'],
    ['a line break in a name', zip([{ name: 'a\nb.txt' }]), 'not taken'],
    ['NUL in a name', zip([{ name: 'a\u0000b.txt' }]), 'not taken'],
    ['very deep directories', zip([{ name: `${'d/'.repeat(20)}a.txt` }]), 'not taken'],
    ['a name that no file system takes', zip([{ name: `${'ä'.repeat(128)}.txt` }]), 'not taken'],
    ['a link', zip([{ name: 'link', content: '/etc/passwd', mode: LINK }]), 'neither file nor directory'],
    ['a linked directory', zip([{ name: 'link/', mode: LINK }]), 'neither file nor directory'],
    ['a device', zip([{ name: 'null', mode: DEVICE }]), 'neither file nor directory'],
    ['two entries of one name', zip([{ name: 'a.txt' }, { name: 'a.txt' }]), 'two entries'],
    ['names that differ in case', zip([{ name: 'a/b.txt' }, { name: 'A/B.TXT' }]), 'two entries'],
    ['names that differ in form', zip([{ name: 'é.txt' }, { name: 'e\u0301.txt' }]), 'two entries'],
    ['a file that is a directory', zip([{ name: 'a' }, { name: 'a/b.txt' }]), 'two entries'],
    ['a directory that is a file', zip([{ name: 'a/b.txt' }, { name: 'a' }]), 'two entries'],
    ['an encrypted entry', zip([{ name: 'a.txt', encrypted: true }]), 'encrypted'],
    ['a giant file', zip([{ name: 'a.bin', announcedSize: FILE_MAX_BYTES + 1 }]), 'an entry of more than'],
    [
      'files that are too large together',
      zip(Array.from({ length: 3 }, (_, i) => ({ name: `${i}`, announcedSize: FILE_MAX_BYTES }))),
      'unpacks to more than',
    ],
    ['zeros', zip([{ name: 'zeros', content: Buffer.alloc(30_000_000) }]), 'times its size'],
    [
      'too many entries',
      zip(Array.from({ length: ENTRIES_MAX + 1 }, (_, i) => ({ name: `${i}` }))),
      'entries',
    ],
    ['no archive', Buffer.from('hello'), 'not a ZIP archive'],
    ['nothing', Buffer.alloc(0), 'not a ZIP archive'],
    ['half an archive', skillZip('Half').subarray(40), 'not a ZIP archive'],
  ])('is refused with %s', async (_, archive, why) => {
    await expect(openPackage(archive)).rejects.toThrow(why);
  });

  it('is refused while it is unpacked, when a file has another size than announced', async () => {
    const files = await openPackage(
      zip([{ name: 'a.txt', content: 'x'.repeat(100_000), announcedSize: 10 }]),
    );
    await expect(unpack(files, newDirectory())).rejects.toThrow('not a ZIP archive that can be read');
  });

  it('needs a SKILL.md at its root, in UTF-8', async () => {
    const deep = await openPackage(zip([{ name: 'skill/SKILL.md', content: 'x' }]));
    await expect(readSkillText(deep)).rejects.toThrow('no SKILL.md at its root');
    const latin = await openPackage(zip([{ name: 'SKILL.md', content: Buffer.from([0xe9, 0xff]) }]));
    await expect(readSkillText(latin)).rejects.toThrow('not UTF-8');
  });

  it('never writes over, or through, what is there', async () => {
    const files = await openPackage(skillZip('Once'));
    const directory = newDirectory();
    await unpack(files, directory);
    await expect(unpack(files, directory)).rejects.toThrow('EEXIST');
  });
});
