import { Injectable } from '@nestjs/common';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { BootstrapError } from './bootstrap.errors.js';
import type { ContextFile, FilePlace, Reader } from './context-file.js';
import {
  ALLOWED_FILES,
  CONTEXT_FILE_MAX_BYTES,
  CONTEXT_FILES,
  FIRST_RUN_FILE,
} from './context-file-names.js';
import { ContextFileSource } from './context-file-source.js';
import { templates } from './templates/templates.js';

const SEEDED_KNOWN_MAX = 1_000;
const ENOENT = 'ENOENT';
/** A link is not followed: it could show a prompt what lies outside of the workspace. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Context files of a workspace on disk, which its owner edits with an editor, and the agent with its tools. */
@Injectable()
export class DiskContextFiles extends ContextFileSource {
  override readonly isCacheable = false;
  private readonly seeded = new LRUCache<string, Promise<void>>({ max: SEEDED_KNOWN_MAX });

  override async load({ agent }: Reader): Promise<readonly ContextFile[]> {
    await this.seed(agent.workspace);
    return readAll(agent.workspace, CONTEXT_FILES);
  }

  override async welcome(): Promise<void> {
    // There is one user, and the files are the workspace's.
  }

  override async list({ agent }: FilePlace): Promise<readonly ContextFile[]> {
    await this.seed(agent.workspace);
    return readAll(agent.workspace, ALLOWED_FILES);
  }

  override find({ agent }: FilePlace, name: string): Promise<ContextFile | undefined> {
    return read(agent.workspace, name);
  }

  /** Replaces the file at once: whoever reads sees the old text or the new one. */
  override async write(
    _caller: Caller,
    { agent }: FilePlace,
    name: string,
    content: string,
  ): Promise<ContextFile> {
    await mkdir(agent.workspace, { recursive: true });
    const path = join(agent.workspace, name);
    const draft = join(agent.workspace, `.${name}.${newId()}`);
    try {
      await writeFile(draft, content, { flag: 'wx' });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw new BootstrapError('not-a-file', `${name} cannot be written: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
    return { name, content, path, updatedAt: new Date() };
  }

  override async remove(_caller: Caller, place: FilePlace, name: string): Promise<boolean> {
    const known = await this.find(place, name);
    await rm(join(place.agent.workspace, name), { force: true });
    return known !== undefined;
  }

  /** Once a process: files that are removed later stay away until the next start. */
  private seed(workspace: string): Promise<void> {
    const known = this.seeded.get(workspace);
    if (known) return known;
    const seeding = seedMissing(workspace).catch((error: unknown) => {
      this.seeded.delete(workspace);
      throw error;
    });
    this.seeded.set(workspace, seeding);
    return seeding;
  }
}

/** The first conversation is for a workspace that is new. */
async function seedMissing(workspace: string): Promise<void> {
  await mkdir(workspace, { recursive: true });
  const isNew = (await read(workspace, 'AGENTS.md')) === undefined;
  for (const [name, content] of templates()) {
    if (name === FIRST_RUN_FILE && !isNew) continue;
    await writeFile(join(workspace, name), content, { flag: 'wx' }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function readAll(workspace: string, names: readonly string[]): Promise<readonly ContextFile[]> {
  const files = await Promise.all(names.map((name) => read(workspace, name)));
  return files.filter((file) => file !== undefined);
}

/** Of a longer file its beginning is read, which is all that anybody uses of it. `undefined`: there is no such regular file. */
async function read(workspace: string, name: string): Promise<ContextFile | undefined> {
  const path = join(workspace, name);
  try {
    await using handle = await open(path, READ_FLAGS);
    const facts = await handle.stat();
    if (!facts.isFile()) return undefined;
    const buffer = Buffer.alloc(Math.min(facts.size, CONTEXT_FILE_MAX_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const content = buffer.toString('utf8', 0, bytesRead);
    return { name, content, path, updatedAt: facts.mtime };
  } catch (error) {
    if (codeOf(error) === ENOENT || codeOf(error) === 'ELOOP') return undefined;
    throw new BootstrapError('not-a-file', `${name} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  return codeOf(error) ?? 'an unexpected error';
}
