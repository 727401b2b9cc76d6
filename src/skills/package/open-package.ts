import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { badField, RecordError } from '#permissions';
import { isLitter, safePath, SeenPaths } from './entry-path.js';
import {
  ENTRIES_MAX,
  FILE_MAX_BYTES,
  RATIO_FREE_BYTES,
  RATIO_MAX,
  UNPACKED_MAX_BYTES,
} from './package-limits.js';

/** One file of a package. */
export interface PackedFile {
  /** Below the directory of the package. */
  readonly path: string;
  readonly size: number;
  /** Its content; ends with an error when it is not what was announced. */
  open(): Promise<Readable>;
}

const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const UNIX = 3;

/**
 * The files of a ZIP archive, all checked before the first is read: paths, kinds, sizes. Sizes are as announced, and
 * reading a file fails when it has another one.
 * @throws RecordError
 */
export async function openPackage(archive: Buffer): Promise<readonly PackedFile[]> {
  const zip = await open(archive);
  if (zip.entryCount > ENTRIES_MAX) throw badField('file', `has more than ${ENTRIES_MAX} entries`);
  const files = await readEntries(zip);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > UNPACKED_MAX_BYTES) throw badField('file', `unpacks to more than ${UNPACKED_MAX_BYTES} bytes`);
  if (total > RATIO_FREE_BYTES + archive.length * RATIO_MAX)
    throw badField('file', `unpacks to more than ${RATIO_MAX} times its size`);
  return files;
}

async function open(archive: Buffer): Promise<ZipFile> {
  // Imported when somebody uploads: every start would pay for it.
  const { fromBuffer } = await import('yauzl');
  return new Promise((resolve, reject) => {
    fromBuffer(
      archive,
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
      (error, zip) => {
        if (error) reject(notReadable(error));
        else resolve(zip);
      },
    );
  });
}

function readEntries(zip: ZipFile): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  const seen = new SeenPaths();
  const { promise, resolve, reject } = Promise.withResolvers<PackedFile[]>();
  zip.on('error', (error: Error) => reject(notReadable(error)));
  zip.on('end', () => resolve(files));
  zip.on('entry', (entry: Entry) => {
    try {
      const file = fileOf(zip, entry, seen);
      if (file) files.push(file);
      zip.readEntry();
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
  zip.readEntry();
  return promise;
}

/** `undefined` for a directory, and for what is left out. @throws RecordError */
function fileOf(zip: ZipFile, entry: Entry, seen: SeenPaths): PackedFile | undefined {
  const name = entry.fileName;
  if (isLitter(name)) return undefined;
  const path = safePath(name);
  const kind = kindOf(entry);
  if (path === '') return undefined;
  seen.add(path, kind);
  if (kind === 'directory') return undefined;
  if (entry.isEncrypted()) throw badField('file', `has an encrypted entry: ${path}`);
  if (!entry.canDecodeFileData())
    throw badField('file', `has an entry that is packed in an unusual way: ${path}`);
  if (entry.uncompressedSize > FILE_MAX_BYTES)
    throw badField('file', `has an entry of more than ${FILE_MAX_BYTES} bytes: ${path}`);
  return { path, size: entry.uncompressedSize, open: () => contentOf(zip, entry) };
}

/** @throws RecordError for links, devices and the like */
function kindOf({ fileName, versionMadeBy, externalFileAttributes }: Entry): 'file' | 'directory' {
  const type = versionMadeBy >>> 8 === UNIX ? (externalFileAttributes >>> 16) & TYPE_MASK : 0;
  const isDirectory = fileName.endsWith('/');
  const expected = isDirectory ? DIRECTORY : REGULAR;
  if (type !== 0 && type !== expected)
    throw badField('file', `has an entry that is neither file nor directory: ${fileName.slice(0, 100)}`);
  return isDirectory ? 'directory' : 'file';
}

function contentOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(notReadable(error));
      else resolve(stream);
    });
  });
}

/** What the reader of archives says, for people. */
export function notReadable(error: unknown): RecordError {
  if (error instanceof RecordError) return error;
  const why = error instanceof Error ? error.message.slice(0, 200).replace(/\.+$/, '') : 'unknown';
  return new RecordError('invalid', `file is not a ZIP archive that can be read: ${why}.`, {
    param: 'file',
    cause: error,
  });
}
