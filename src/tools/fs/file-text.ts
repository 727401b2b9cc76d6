import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { BINARY_PROBE_BYTES, READ_CHUNK_BYTES } from './fs.limits.js';
import { openPinned, type Pin } from './pin.js';
import { notRegular } from './workspace.js';
import { errnoOf, fileError } from './file-error.js';

/** Opens a held file for reading, when it is a regular one. @throws ToolsError for the model. */
export async function openRegular(file: Pin, shownPath: string): Promise<FileHandle> {
  if (file.isDirectory()) throw fileError(`"${shownPath}" is a directory; use list_files.`);
  if (!file.isFile()) throw notRegular(shownPath);
  return openPinned(file);
}

/**
 * Opens an entry of a held directory. `undefined` when it is gone, closed to us, or no regular file; a link that
 * was put in its place is not followed.
 */
export async function openEntry(directory: Pin, name: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  let handle: FileHandle;
  try {
    handle = await open(`${directory.access}/${name}`, flags);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

/** The file's bytes from the start, in chunks. Each chunk is valid until the next is asked for. */
export async function* chunksOf(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(READ_CHUNK_BYTES);
  for (let position = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** At most `maxBytes` bytes of the file; `undefined` when it has more. */
export async function readWhole(
  handle: FileHandle,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(handle, signal)) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks, length);
}

export function looksBinary(start: Uint8Array): boolean {
  return start.subarray(0, BINARY_PROBE_BYTES).includes(0);
}
