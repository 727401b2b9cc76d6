import { describe, expect, it } from 'vitest';
import { ProcessFamily } from './process-family.js';
import type { MarkedProcess } from './process-table.js';

function processOf(pid: number, parent: number, more: Partial<MarkedProcess> = {}): MarkedProcess {
  const shared = {
    group: pid,
    session: pid,
    startedAt: pid,
    memoryPages: 1,
    isZombie: false,
    mark: undefined,
  };
  return { pid, parent, ...shared, ...more };
}

/** As `processOf` makes it. */
const rootOf = (pid: number) => ({ pid, startedAt: pid });

/** The first process, the kernel's and a service that some supervisor from outside started: group and session are 0. */
const SYSTEM = [
  processOf(1, 0, { group: 0, session: 0 }),
  processOf(2, 0, { group: 0, session: 0 }),
  processOf(50, 2, { group: 0, session: 0 }),
  processOf(60, 1, { group: 60, session: 0 }),
  processOf(61, 60),
];
const NOBODY: ReadonlySet<number> = new Set();
const idsOf = (family: ProcessFamily): readonly number[] => family.members.map(({ pid }) => pid);

describe('the processes of a program', () => {
  it.each([[undefined], [0], [1], [2]])('are none of the system, with %s for the first of them', (root) => {
    const family = new ProcessFamily('m', root === undefined ? undefined : rootOf(root));
    family.update([...SYSTEM, processOf(70, 1, { mark: 'm' })], NOBODY);
    expect(idsOf(family)).toEqual([70]);
  });

  it('are those with its mark, its group, its session, and what they started', () => {
    const family = new ProcessFamily('m', rootOf(100));
    const table = [
      ...SYSTEM,
      processOf(100, 61),
      processOf(101, 100),
      processOf(102, 1, { mark: 'm' }),
      processOf(103, 1, { group: 100 }),
      processOf(104, 1, { session: 100 }),
      processOf(105, 104),
      processOf(106, 61, { mark: 'other' }),
    ];
    family.update(table.toReversed(), NOBODY);
    expect(idsOf(family).toSorted((a, b) => a - b)).toEqual([100, 101, 102, 103, 104, 105]);
  });

  it('stay its own when they lose their parent, until the id is of another process', () => {
    const family = new ProcessFamily('m', rootOf(100));
    family.update([processOf(100, 61), processOf(101, 100)], NOBODY);
    family.update([processOf(101, 1)], NOBODY);
    expect(idsOf(family)).toEqual([101]);
    family.update([processOf(101, 1, { startedAt: 9_999 })], NOBODY);
    expect(idsOf(family)).toEqual([]);
  });

  it('are not those of a group whose id was given to another process', () => {
    const family = new ProcessFamily('m', rootOf(100));
    const marked = processOf(101, 1, { mark: 'm' });
    const strangers = [
      processOf(100, 61, { startedAt: 9_999 }),
      processOf(102, 100),
      processOf(103, 1, { group: 100 }),
    ];
    family.update([marked, ...strangers], NOBODY);
    expect(idsOf(family)).toEqual([101]);
    // Also when their leader has ended since.
    family.update([marked, processOf(104, 1, { session: 100 })], NOBODY);
    expect(idsOf(family)).toEqual([101]);
  });

  it('are never those that are spared, nor what these have started', () => {
    const family = new ProcessFamily('m', rootOf(100));
    const table = [processOf(61, 60, { mark: 'm' }), processOf(62, 61), processOf(100, 61)];
    family.update(table, new Set([61]));
    expect(idsOf(family)).toEqual([100]);
  });

  it('hold no dead ones, but what those have started', () => {
    const family = new ProcessFamily('m', rootOf(100));
    family.update([processOf(100, 61, { isZombie: true }), processOf(101, 100)], NOBODY);
    expect(idsOf(family)).toEqual([101]);
    expect(family.memoryPages).toBe(1);
  });
});
