import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SANDBOX_IMAGE = 'goclaw-sandbox:test';
export const BUSYBOX = '/bin/busybox';

const DIRECTORIES = ['bin', 'etc', 'tmp', 'var/tmp', 'run', 'workspace', 'proc', 'sys', 'dev'];

/** An image of one program with many names; `make` is given the archive of its files. */
export function makeBusyboxImage(make: (archive: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-busybox-'));
  try {
    const root = join(directory, 'root');
    for (const name of DIRECTORIES) mkdirSync(join(root, name), { recursive: true });
    const program = join(root, 'bin/busybox');
    copyFileSync(BUSYBOX, program);
    chmodSync(program, 0o755);
    const applets = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).split('\n');
    for (const name of applets.filter((applet) => applet !== '' && applet !== 'busybox'))
      symlinkSync('busybox', join(root, 'bin', name));
    writeFileSync(
      join(root, 'etc/passwd'),
      'root:x:0:0:root:/tmp:/bin/sh\nsandbox:x:1000:1000::/tmp:/bin/sh\n',
    );
    const archive = join(directory, 'image.tar');
    execFileSync('tar', ['-C', root, '-cf', archive, '.']);
    make(archive);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
