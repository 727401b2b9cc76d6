import { spawnSync } from 'node:child_process';

/**
 * What starts a program where `directory` is a disk of so many KiB. Only the program sees it, by mounts of its own; whoever
 * wants to look must do it at `/proc/<pid>/root`.
 */
export function onSmallDisk(directory: string, kib: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${kib}k,mode=755 tmpfs "$0" && exec "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, directory];
}

/** Why there is no such disk here; `undefined` when there is. */
export function smallDiskLack(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount a disk';
  const [command = '', ...args] = onSmallDisk('/mnt', 64);
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `no disk can be mounted: ${error?.message ?? stderr.trim()}`;
}
