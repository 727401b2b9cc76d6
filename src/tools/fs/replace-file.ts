import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { newId } from '#kernel';
import type { FileTarget } from './workspace.js';

const NEW_FILE_MODE = 0o644;
const PERMISSION_BITS = 0o777;

/**
 * Puts `content` in the file's place at once: readers see the old or the new file, a crash leaves one of them. A
 * file that is replaced keeps its permissions; hard links to it keep the old content.
 */
export async function replaceFile(
  target: FileTarget,
  content: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { access } = target.directory;
  const temporary = `${access}/.goclaw-${newId()}.tmp`;
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  try {
    await using file = await open(temporary, flags, NEW_FILE_MODE);
    if (target.mode !== undefined) await file.chmod(target.mode & PERMISSION_BITS);
    await file.writeFile(content, { signal });
    await file.sync();
    signal.throwIfAborted();
    await rename(temporary, `${access}/${target.name}`);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
