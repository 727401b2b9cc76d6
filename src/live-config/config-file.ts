import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LiveConfigError } from './live-config.errors.js';

const OWNER_ONLY = 0o600;

/** A text that is on the disk beside its file, and takes its place in one step. */
export interface StagedFile {
  /** What was there before is kept as `<file>.bak`. @throws LiveConfigError `not-writable` */
  place(): Promise<void>;
  /** Idempotent; nothing happens once it has its place. */
  discard(): Promise<void>;
}

/** Writes a text down beside its file. A link is followed. @throws LiveConfigError `not-writable` */
export async function stageFile(
  path: string,
  text: string,
  previous: string | undefined,
): Promise<StagedFile> {
  const file = await realpath(path).catch(() => path);
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeThrough(draft, text);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw notWritable(file, error);
  }
  return {
    place: async () => {
      try {
        if (previous !== undefined) await replace(`${file}.bak`, previous);
        await rename(draft, file);
        await syncDirectory(dirname(file));
      } catch (error) {
        throw notWritable(file, error);
      }
    },
    discard: () => rm(draft, { force: true }),
  };
}

async function replace(file: string, text: string): Promise<void> {
  await writeThrough(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
}

async function writeThrough(file: string, text: string): Promise<void> {
  await withFile(await open(file, 'w', OWNER_ONLY), async (handle) => {
    await handle.chmod(OWNER_ONLY);
    await handle.writeFile(text);
    await handle.sync();
  });
}

/** A renaming is on the disk when its directory is. Not every file system can do that. */
async function syncDirectory(directory: string): Promise<void> {
  await withFile(await open(directory, 'r'), (handle) => handle.sync().catch(() => undefined));
}

async function withFile(handle: FileHandle, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

function notWritable(file: string, error: unknown): LiveConfigError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LiveConfigError(
    'not-writable',
    `${file} cannot be written (${reason}). Make it and its directory writable for the gateway, or edit it yourself: changes of the file are taken over.`,
    { cause: error },
  );
}
