import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of an archive, also one that no packer would make. */
export interface ZipEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** As Unix has it: type and permissions. Default: a regular file, or a directory for a name that ends in `/`. */
  readonly mode?: number;
  /** Instead of the true one. */
  readonly announcedSize?: number;
  readonly encrypted?: boolean;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const DEFLATE = 8;
const UNIX_3_0 = (3 << 8) | 30;
const FILE = 0o100644;
const DIRECTORY = 0o040755;

/** A ZIP archive, byte by byte. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = encode(entry, offset);
    files.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, central, end]);
}

function encode(entry: ZipEntry, offset: number): { local: Buffer; central: Buffer } {
  const { name, content = '', encrypted = false } = entry;
  const data = Buffer.from(content);
  const packed = deflateRawSync(data);
  const path = Buffer.from(name, 'utf8');
  const mode = entry.mode ?? (name.endsWith('/') ? DIRECTORY : FILE);
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(0x800 | (encrypted ? 1 : 0), 2);
  facts.writeUInt16LE(DEFLATE, 4);
  facts.writeUInt32LE(crc32(data), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(entry.announcedSize ?? data.length, 18);
  facts.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([uint32(LOCAL), facts, path, packed]);
  const head = Buffer.alloc(6);
  head.writeUInt32LE(CENTRAL, 0);
  head.writeUInt16LE(UNIX_3_0, 4);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((mode << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  return { local, central: Buffer.concat([head, facts, tail, path]) };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A package with a SKILL.md of this name. */
export function skillZip(name: string, more: readonly ZipEntry[] = [], fields = ''): Buffer {
  const content = `---\nname: ${name}\ndescription: Does ${name}.\n${fields}---\n\n# ${name}\nRead {baseDir}/a.txt.\n`;
  return zip([{ name: 'SKILL.md', content }, ...more]);
}
