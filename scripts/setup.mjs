// Runs before `npm start`, `npm run chat` and `npm test`: installs the packages and builds, when missing or stale.
// Plain JavaScript, standard library only: it must run on a Node that has no node_modules yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILD_INPUTS = [
  'src',
  'libs',
  'migrations',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package.json',
  'package-lock.json',
];
/** Oldest Node that the program itself runs on; only where npm has no Node 24 for the platform. */
const OLDEST_NODE_MAJOR = 22;
const LOCK_POLL_MS = 200;

const at = (...parts) => join(ROOT, ...parts);
const INSTALL_STAMP = at('node_modules/.cache/goclaw/installed');
const BUILD_STAMP = at('dist/.built-from');
const BUILD_CACHE = at('dist/.tsbuildinfo');
const PACKAGED_NODE = at('node_modules/.bin/node');

/** A failure that the person in front of the terminal can do something about. */
class SetupError extends Error {}

function main() {
  if (isInstalled() && isBuilt()) return assertNodeVersion();
  const release = acquireLock();
  try {
    if (!isInstalled()) install(); // Looked at again: another set-up may have done it meanwhile.
    assertNodeVersion();
    if (!isBuilt()) build();
  } finally {
    release();
  }
}

function isInstalled() {
  const lock = fingerprint(['package-lock.json']);
  if (readIfThere(INSTALL_STAMP) === lock) return true;
  // No stamp, but somebody ran `npm install`: what npm wrote down tells whether it is the same.
  const installed = readIfThere(at('node_modules/.package-lock.json'));
  if (installed === undefined || !matchesLock(JSON.parse(installed).packages)) return false;
  stamp(INSTALL_STAMP, lock);
  return true;
}

function matchesLock(installed) {
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, wants]) => {
    if (path === '') return true;
    const has = installed[path];
    if (has === undefined) return wants.optional === true && !isMadeForThisMachine(wants);
    return has.version === wants.version && has.integrity === wants.integrity;
  });
}

/** What names no platform belongs to a package that was left out because it does. */
function isMadeForThisMachine({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined || libc !== undefined) return false;
  return os.includes(process.platform) && cpu.includes(process.arch);
}

function install() {
  step('Installing packages', () => {
    const npm = process.env.npm_execpath;
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    run(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
      remedy:
        'Is the npm registry reachable (`npm ping`), and is there room on the disk? Then run the same command again.',
    });
  });
  stamp(INSTALL_STAMP, fingerprint(['package-lock.json']));
  // On a system that it was not made for (musl), the packaged Node would shadow one that works.
  if (existsSync(PACKAGED_NODE) && spawnSync(PACKAGED_NODE, ['--version']).status !== 0)
    unlinkSync(PACKAGED_NODE);
}

function assertNodeVersion() {
  if (existsSync(PACKAGED_NODE) || Number.parseInt(process.versions.node, 10) >= OLDEST_NODE_MAJOR) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old, and npm has no Node 24 package for ${process.platform}-${process.arch}. ` +
      `Install Node ${OLDEST_NODE_MAJOR} or newer (https://nodejs.org) and run the same command again.`,
  );
}

function isBuilt() {
  return readIfThere(BUILD_STAMP) === fingerprint(BUILD_INPUTS);
}

function build() {
  step('Building', () => {
    // Taken before: what is edited while the compiler runs must count as not built.
    const inputs = fingerprint(BUILD_INPUTS);
    // The compiler's incremental state would have it emit nothing for files that somebody removed.
    if (!existsSync(BUILD_STAMP)) rmSync(BUILD_CACHE, { force: true });
    const node = existsSync(PACKAGED_NODE) ? PACKAGED_NODE : process.execPath;
    run(node, [at('node_modules/@nestjs/cli/bin/nest.js'), 'build'], {
      remedy: 'Correct what the compiler says above, then run the same command again.',
    });
    stamp(BUILD_STAMP, inputs);
  });
}

/** SHA-256 over the names and contents of files and folders; specs are not part of the program. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(at(path))) return;
    if (statSync(at(path)).isDirectory()) {
      for (const name of readdirSync(at(path)).toSorted()) visit(`${path}/${name}`);
    } else if (!path.endsWith('.spec.ts')) {
      const content = readFileSync(at(path));
      hash.update(`${path}\0${content.length}\0`).update(content);
    }
  };
  paths.forEach(visit);
  return hash.digest('hex');
}

/** Two starts at once must not both install; a lock of a process that is gone does not count. */
function acquireLock() {
  const file = join(
    tmpdir(),
    `goclaw-setup-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}.lock`,
  );
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readIfThere(file));
    if (holder > 0 && !isAlive(holder)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) process.stderr.write(`Waiting for the set-up that process ${holder} is doing …\n`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function step(title, work) {
  const startedAt = performance.now();
  process.stderr.write(`${title} … `);
  work();
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/** Runs to the end; the output is shown only when it failed, where it helps. */
function run(command, args, { remedy }) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  const ending = error?.message ?? (signal ? `was ended by ${signal}` : `exit code ${status}`);
  throw new SetupError(`failed (${ending})\n${stdout ?? ''}${stderr ?? ''}\n${remedy}`);
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function stamp(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

try {
  main();
} catch (error) {
  process.stderr.write(
    error instanceof SetupError ? `${error.message}\n` : `Set-up failed: ${error.stack}\n`,
  );
  process.exitCode = 1;
}
