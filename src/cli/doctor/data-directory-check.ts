import { statfs } from 'node:fs/promises';
import { directoryState } from './directory-state.js';
import type { Finding } from './finding.js';

const check = 'data directory';

const MIB = 1024 * 1024;
/** An embedded database starts at 40 MiB and grows with its conversations. */
const FREE_PROBLEM_MIB = 200;
const FREE_WARNING_MIB = 1_024;

/** Bits that let anybody but the owner in. */
const OTHERS = 0o077;
const PERMISSION_BITS = 0o777;

/** Where database and secrets are kept: there, writable, private, on a disk with room. */
export async function checkDataDirectory(dataDir: string): Promise<Finding[]> {
  const { exists, obstacle, nearest, mode } = await directoryState(dataDir);
  if (obstacle !== undefined) {
    const remedy = `Make it writable for this user, or set GOCLAW_DATA_DIR to another directory.`;
    return [{ check, level: 'problem', message: `${dataDir} cannot be used: ${obstacle}`, remedy }];
  }
  const message = exists ? dataDir : `${dataDir} will be created by the first start`;
  const findings: Finding[] = [{ check, level: 'ok', message }];
  if (mode !== undefined && (mode & OTHERS) !== 0) findings.push(openToOthers(dataDir, mode));
  return [...findings, await checkDisk(nearest)];
}

function openToOthers(dataDir: string, mode: number): Finding {
  const shown = (mode & PERMISSION_BITS).toString(8);
  const message = `${dataDir} is open to other users (mode ${shown}); conversations and secrets are in it`;
  return { check, level: 'warning', message, remedy: `chmod 700 '${dataDir}'` };
}

async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  const free = Math.floor((bavail * bsize) / MIB);
  const message = `${free >= FREE_WARNING_MIB ? `${(free / 1_024).toFixed(1)} GiB` : `${free} MiB`} free`;
  if (free >= FREE_WARNING_MIB) return { check: 'disk', level: 'ok', message };
  const level = free >= FREE_PROBLEM_MIB ? 'warning' : 'problem';
  return { check: 'disk', level, message, remedy: 'Make room, or set GOCLAW_DATA_DIR to a larger disk.' };
}
