import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Stand-ins for npm and the compiler: each appends a line to `calls` in the project's folder. */
const NPM = `
  import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
  appendFileSync('calls', 'npm ' + process.argv[2] + '\\n');
  mkdirSync('node_modules/@nestjs/cli/bin', { recursive: true });
  writeFileSync('node_modules/@nestjs/cli/bin/nest.js', process.env.COMPILER);
  writeFileSync('node_modules/package.json', '{"type":"module"}');
`;
const COMPILER = `
  import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
  appendFileSync('calls', 'build\\n');
  if (readFileSync('src/main.ts', 'utf8').includes('mistake')) { console.error('TS1005'); process.exit(1); }
  mkdirSync('dist', { recursive: true });
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'goclaw-setup-spec-'));
  write('package.json', '{"type":"module"}');
  write('package-lock.json', lockFile('1.0.0'));
  write('src/main.ts', 'start();');
  write('npm.js', NPM);
  cpSync(new URL('./setup.mjs', import.meta.url), join(root, 'scripts/setup.mjs'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('setup', () => {
  it('installs and builds a fresh clone, and says so', async () => {
    const { code, output } = await setup();
    expect({ code, calls: calls() }).toEqual({ code: 0, calls: ['npm ci', 'build'] });
    expect(output).toMatch(/^Installing packages … \d+\.\d s\nBuilding … \d+\.\d s\n$/);
  });

  it('does and says nothing when nothing changed', async () => {
    await setup();
    expect(await setup()).toEqual({ code: 0, output: '' });
    expect(calls()).toEqual(['npm ci', 'build']);
  });

  it('builds again when a source changed, but not for a spec', async () => {
    await setup();
    write('src/main.spec.ts', 'it();');
    await setup();
    expect(calls()).toEqual(['npm ci', 'build']);
    write('src/main.ts', 'startOtherwise();');
    await setup();
    expect(calls()).toEqual(['npm ci', 'build', 'build']);
  });

  it('builds again when dist was removed', async () => {
    await setup();
    rmSync(join(root, 'dist'), { recursive: true });
    await setup();
    expect(calls()).toEqual(['npm ci', 'build', 'build']);
  });

  it('installs again when the lock file changed', async () => {
    await setup();
    write('package-lock.json', lockFile('1.0.1'));
    await setup();
    expect(calls()).toEqual(['npm ci', 'build', 'npm ci', 'build']);
  });

  it('takes what `npm install` left as installed when it matches the lock file', async () => {
    await setup();
    write('package-lock.json', lockFile('1.0.1'));
    write('node_modules/.package-lock.json', lockFile('1.0.1'));
    await setup();
    expect(calls()).toEqual(['npm ci', 'build', 'build']);
  });

  it('does the work once when two start at the same moment', async () => {
    const both = await Promise.all([setup(), setup()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(calls()).toEqual(['npm ci', 'build']);
  });

  it('shows what the compiler said and the remedy, and builds again next time', async () => {
    write('src/main.ts', 'mistake');
    const failed = await setup();
    expect(failed.code).toBe(1);
    expect(failed.output).toMatch(/TS1005[^]*run the same command again/);
    write('src/main.ts', 'start();');
    expect((await setup()).code).toBe(0);
  });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function lockFile(version: string): string {
  return JSON.stringify({
    packages: { '': {}, 'node_modules/some': { version, integrity: `sha512-${version}` } },
  });
}

function calls(): string[] {
  const file = join(root, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function setup(): Promise<{ code: number | null; output: string }> {
  const child: ChildProcess = spawn(process.execPath, [join(root, 'scripts/setup.mjs')], {
    env: { ...process.env, npm_execpath: join(root, 'npm.js'), COMPILER },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  await once(child, 'close');
  return { code: child.exitCode, output };
}
