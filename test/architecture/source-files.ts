import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A TypeScript file of the project, by its path from the root with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly name: string;
  readonly text: string;
  readonly lines: number;
  /** A spec or what specs share; not part of the program. */
  readonly isTest: boolean;
}

/** The TypeScript files below the given folders of the project, read. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  const existing = folders.filter((folder) => existsSync(join(ROOT, folder)));
  return existing.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(`${folder}/${path}`)),
  );
}

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return {
    path,
    name: basename(path),
    text,
    lines: text.trimEnd().split('\n').length,
    isTest: /\.(spec|fixture)\.ts$/.test(path),
  };
}
