import { existsSync, readdirSync, readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;
const BYTES_PER_KB = 1_024;

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * BYTES_PER_KB;
}

/** Processor time that all threads of a process have used, in milliseconds; exact, unlike the ticks of `stat`. */
export function cpuMs(pid: number): number {
  let ns = 0;
  const tasks = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  for (const task of tasks) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // The thread ended just now.
    }
  }
  return ns / NS_PER_MS;
}

export function megabytes(bytes: number): string {
  return `${(bytes / BYTES_PER_KB / BYTES_PER_KB).toFixed(0)} MB`;
}

/** A process and its children, e.g. a PostgreSQL server with its backends. */
export function withChildren(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  return Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
