import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { badField } from '#permissions';
import { notReadable, type PackedFile } from './open-package.js';
import { SKILL_TEXT_MAX_BYTES } from './package-limits.js';

export const SKILL_FILE = 'SKILL.md';

const FILE_MODE = 0o644;

/** The text of the package's SKILL.md. @throws RecordError */
export async function readSkillText(files: readonly PackedFile[]): Promise<string> {
  const file = files.find(({ path }) => path === SKILL_FILE);
  if (!file) throw badField('file', `has no ${SKILL_FILE} at its root`);
  if (file.size > SKILL_TEXT_MAX_BYTES)
    throw badField('file', `has a ${SKILL_FILE} of more than ${SKILL_TEXT_MAX_BYTES} bytes`);
  try {
    const content = await buffer(await file.open());
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    if (error instanceof TypeError) throw badField('file', `has a ${SKILL_FILE} that is not UTF-8`);
    throw notReadable(error);
  }
}

/** Writes every file below a directory, which must be new. @throws RecordError for a damaged archive */
export async function unpack(files: readonly PackedFile[], directory: string): Promise<void> {
  for (const file of files) {
    const path = join(directory, file.path);
    await mkdir(dirname(path), { recursive: true });
    const content = await file.open();
    await write(content, path);
  }
}

async function write(content: Readable, path: string): Promise<void> {
  const failed = { reading: false };
  content.once('error', () => (failed.reading = true));
  try {
    // `wx`: what is there already is never written to, nor followed when it is a link.
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: FILE_MODE }));
  } catch (error) {
    throw failed.reading ? notReadable(error) : error;
  }
}
