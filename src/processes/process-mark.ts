import { readlinkSync } from 'node:fs';
import { readStat } from './process-stat.js';

/** In the environment of every program that is ended with all of its children: whose it is. Children have it from their parents. */
export const MARK_VARIABLE = 'GOCLAW_COMMAND_ID';

/** A gateway process, as no other one was or will be since the machine started. */
export interface MarkOwner {
  /** Process ids mean nothing in another namespace. */
  readonly namespace: string;
  readonly pid: number;
  readonly startedAt: number;
}

/** This process. `undefined` where there is no /proc: then marks find nothing. */
export function ownMark(): MarkOwner | undefined {
  try {
    const own = readStat('self');
    return own && { namespace: ownNamespace(), pid: process.pid, startedAt: own.startedAt };
  } catch {
    return undefined;
  }
}

export function ownNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}

export function markOf(owner: MarkOwner, id: string): string {
  return `${owner.namespace}.${owner.pid}.${owner.startedAt}.${id}`;
}

/** The mark among the variables of a process, as /proc shows them. */
export function markIn(environ: string): string | undefined {
  const name = `${MARK_VARIABLE}=`;
  return environ
    .split('\0')
    .find((variable) => variable.startsWith(name))
    ?.slice(name.length);
}

/** Who made a mark. */
export function ownerOf(mark: string): MarkOwner | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\./.exec(mark);
  if (!found) return undefined;
  return { namespace: found[1] ?? '', pid: Number(found[2]), startedAt: Number(found[3]) };
}

/** Whether the process that made a mark still runs. */
export function isAlive({ pid, startedAt }: MarkOwner): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.startedAt === startedAt && !stat.isZombie;
}
