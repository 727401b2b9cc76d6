export { watchUntilDeath } from './death-watch.js';
export { HostProcesses } from './host-processes.js';
export type { ProcessFamily } from './process-family.js';
export { MARK_VARIABLE } from './process-mark.js';
export { parseStat, readStat } from './process-stat.js';
export { ProcessesModule } from './processes.module.js';
