import { createClient } from '@hey-api/openapi-ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/** A client that a generator of others made of the gateway's OpenAPI document. */
export interface GeneratedClient extends Disposable {
  /** The exported functions of a program that was compiled against the generated types. */
  readonly program: Readonly<Record<string, (...args: never[]) => unknown>>;
}

/**
 * Generates a TypeScript client of the document at `url`, compiles it strictly together with `source`, a program that
 * imports it from `./sdk.gen.js` and `./client.gen.js`, and loads that program.
 * @throws Error with what the compiler says
 */
export async function generateClient(url: string, source: string): Promise<GeneratedClient> {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-client-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    await createClient({
      input: url,
      output: { path: directory, module: { extension: '.js' } },
      logs: { level: 'silent' },
      plugins: ['@hey-api/typescript', '@hey-api/client-fetch', '@hey-api/sdk'],
    });
    writeFileSync(join(directory, 'program.ts'), source);
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    compile(join(directory, 'program.ts'));
    const program = (await import(
      pathToFileURL(join(directory, 'program.js')).href
    )) as GeneratedClient['program'];
    return { program, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function compile(file: string): void {
  const program = ts.createProgram([file], {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  });
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (diagnostics.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => '',
      getNewLine: () => '\n',
    }),
  );
}
