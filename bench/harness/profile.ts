import { CallTree, type ProfileNode } from './call-tree.js';
import { Inspector, type Profilable } from './inspector.js';

const SAMPLING_US = 250;
const SHOWN_OWNERS = 10;
const SHOWN_FUNCTIONS = 25;

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Where a process spent its processor time. */
export interface Hotspots {
  /** By package, module of ours, or part of Node, as one sentence. */
  readonly summary: string;
  /** Single functions with their place, the most expensive first, one a line. */
  readonly functions: string;
}

/** Profiles a process while `work` goes on. */
export async function profileWhile(target: Profilable, work: () => Promise<unknown>): Promise<Hotspots> {
  const inspector = await Inspector.open(target);
  try {
    await inspector.call('Profiler.enable');
    await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLING_US });
    await inspector.call('Profiler.start');
    await work();
    const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile };
    return hotspots(profile);
  } finally {
    inspector.close();
  }
}

function hotspots({ nodes, samples, timeDeltas }: CpuProfile): Hotspots {
  const tree = new CallTree(nodes);
  const owners = new Map<string, number>();
  const functions = new Map<string, number>();
  const inclusive = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const [node, ...callers] = tree.stack(id);
    if (!node || node.callFrame.functionName === '(idle)') continue;
    const time = timeDeltas[at + 1] ?? 0;
    busy += time;
    add(owners, ownerOf(node, callers), time);
    add(functions, placeOf(node), time);
    for (const place of new Set([node, ...callers].filter(isOurs).map(placeOf))) add(inclusive, place, time);
  }
  const share = (time: number): string => `${((100 * time) / busy).toFixed(1)} %`;
  const lines = (totals: Map<string, number>): string =>
    ranked(totals, SHOWN_FUNCTIONS)
      .map(([name, time]) => `${share(time).padStart(7)}  ${name}`)
      .join('\n');
  return {
    summary: ranked(owners, SHOWN_OWNERS)
      .map(([name, time]) => `${name} ${share(time)}`)
      .join(', '),
    functions: `${lines(functions)}\n\nour own, with what they call\n${lines(inclusive)}`,
  };
}

function add(totals: Map<string, number>, name: string, time: number): void {
  totals.set(name, (totals.get(name) ?? 0) + time);
}

function ranked(totals: ReadonlyMap<string, number>, count: number): [string, number][] {
  return [...totals].toSorted(([, a], [, b]) => b - a).slice(0, count);
}

function isOurs({ callFrame: { url } }: ProfileNode): boolean {
  return /\/dist\/(src|libs)\//.test(url);
}

/** `pg`, `node:net`, `our src/agent`, `garbage collection`, …; what is built in counts for its caller. */
function ownerOf(node: ProfileNode, callers: readonly ProfileNode[]): string {
  const { functionName, url } = node.callFrame;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native code';
  if (url === '') {
    const caller = callers.find(({ callFrame }) => callFrame.url !== '');
    return caller ? ownerOf(caller, []) : 'built-ins';
  }
  const packaged = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (packaged !== undefined) return packaged;
  const ours = /\/dist\/((?:src|libs)\/[^/]+)/.exec(url)?.[1];
  return ours === undefined ? url.split('/').slice(0, 2).join('/') : `our ${ours}`;
}

function placeOf({ callFrame: { url, functionName, lineNumber } }: ProfileNode): string {
  const place = url.replace(/.*\/(node_modules|dist)\//, '');
  return `${functionName === '' ? '(anonymous)' : functionName} ${place === '' ? '' : `${place}:${lineNumber + 1}`}`;
}
