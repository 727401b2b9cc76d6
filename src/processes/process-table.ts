import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { markIn } from './process-mark.js';
import { type ProcessStat, readStat } from './process-stat.js';
import { TABLE_CHUNK } from './processes.limits.js';

/** A process that may belong to a program that was started here. */
export interface MarkedProcess extends ProcessStat {
  readonly mark: string | undefined;
}

/**
 * Reads the kernel's table of processes. A whole table is some thousand tiny files, and others wait meanwhile: so it is
 * read in pieces, and what was seen to be a stranger is not read again while it lives.
 */
export class ProcessTable {
  private strangers = new Map<number, true>();

  /** All processes but known strangers. `[]` where there is no /proc. */
  async read(): Promise<readonly MarkedProcess[]> {
    const pids = processIds();
    const found: MarkedProcess[] = [];
    for (const [index, pid] of pids.entries()) {
      if (index % TABLE_CHUNK === TABLE_CHUNK - 1) await setImmediate();
      if (this.strangers.has(pid)) continue;
      const process = readProcess(pid);
      if (process) found.push(process);
    }
    this.forget(pids);
    return found;
  }

  /** These belong to no family. A process that was just forked may get its mark yet: say it of old ones. */
  ignore(pids: Iterable<number>): void {
    for (const pid of pids) this.strangers.set(pid, true);
  }

  private forget(alive: readonly number[]): void {
    const still = new Map<number, true>();
    for (const pid of alive) if (this.strangers.has(pid)) still.set(pid, true);
    this.strangers = still;
  }
}

/** One process, whether or not it is a stranger. */
function readProcess(pid: number): MarkedProcess | undefined {
  const stat = readStat(pid);
  return stat && { ...stat, mark: stat.isZombie ? undefined : readMark(pid) };
}

function readMark(pid: number): string | undefined {
  try {
    return markIn(readFileSync(`/proc/${pid}/environ`, 'latin1'));
  } catch {
    // Of another user, or gone.
    return undefined;
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
