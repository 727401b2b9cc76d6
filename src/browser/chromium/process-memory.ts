import { readdir, readFile } from 'node:fs/promises';
import { parseStat } from '#processes';

const PAGE_BYTES = 4_096;
const BYTES_PER_MB = 1024 * 1024;
const RENDERER = '--type=renderer';

/** A process of the browser. */
export interface BrowserProcess {
  readonly pid: number;
  /** Memory that it shares with no other. */
  readonly privateMb: number;
  /** It shows pages; the browser lives on without it. */
  readonly isRenderer: boolean;
}

/** The processes of a group, as far as the system tells (Linux); those that end meanwhile are left out. */
export async function processesOf(group: number): Promise<readonly BrowserProcess[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const found = await Promise.all(pids.map((pid) => read(pid, group).catch(() => undefined)));
  return found.filter((one) => one !== undefined);
}

async function read(pid: number, group: number): Promise<BrowserProcess | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  if (parseStat(stat)?.group !== group) return undefined;
  const [, resident = 0, shared = 0] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ').map(Number);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  return {
    pid,
    privateMb: ((resident - shared) * PAGE_BYTES) / BYTES_PER_MB,
    isRenderer: command.includes(RENDERER),
  };
}
