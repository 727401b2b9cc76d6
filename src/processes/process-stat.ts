import { readFileSync } from 'node:fs';

/** A process, as the kernel's table has it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ticks since the machine started: with the id, a process that there is only once. */
  readonly startedAt: number;
  readonly memoryPages: number;
  /** `true`: it has ended, and its parent has not asked how. */
  readonly isZombie: boolean;
}

/** Reads a line of /proc/<pid>/stat. The program's name, in brackets, may hold anything, brackets too. */
export function parseStat(line: string): ProcessStat | undefined {
  const end = line.lastIndexOf(')');
  const fields = line.slice(end + 2).split(' ');
  const at = (index: number): number => Number(fields[index]);
  const stat = {
    pid: Number.parseInt(line, 10),
    parent: at(1),
    group: at(2),
    session: at(3),
    startedAt: at(19),
    memoryPages: at(21),
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
  };
  return end < 0 || Number.isNaN(stat.startedAt) ? undefined : stat;
}

/** A process there is now, `self` this one. `undefined`: it has ended, or there is no /proc. */
export function readStat(pid: number | 'self'): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
