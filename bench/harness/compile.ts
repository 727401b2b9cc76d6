import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const OUTPUT = fileURLToPath(new URL('../../node_modules/.cache/bench', import.meta.url));

/** Compiles one file of this folder that Node cannot run as it is, because it has decorators; its new path. */
export function compileScript(file: string): string {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    },
  });
  mkdirSync(OUTPUT, { recursive: true });
  const compiled = join(OUTPUT, file.replace(/\.ts$/, '.mjs'));
  writeFileSync(compiled, outputText);
  return compiled;
}
