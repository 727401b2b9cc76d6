import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, sourceFiles } from './source-files.js';

describe('documents', () => {
  it('give the reason of every dependency in docs/adr', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >;
    const folder = join(ROOT, 'docs/adr');
    const decisions = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const names = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
      .flatMap((group) => Object.keys(group))
      .filter((name) => !name.startsWith('@types/'));
    // Nest's packages may be named without their scope.
    expect(names.filter((name) => !decisions.includes(name.replace('@nestjs/', '')))).toEqual([]);
  });

  it('list every environment variable of the program in .env.example', () => {
    const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
    const listed = new Set(example.match(/\bGOCLAW_[A-Z_]+/g));
    const read = sourceFiles('src').filter(({ isTest }) => !isTest);
    const missing = read.flatMap(({ path, text }) =>
      (text.match(/\bGOCLAW_[A-Z_]+[A-Z]\b/g) ?? [])
        .filter((name) => !listed.has(name))
        .map((name) => `${name} in ${path}`),
    );
    expect(missing).toEqual([]);
  });
});
