import { cpus, totalmem } from 'node:os';

/** The machine in a few words, as far as it matters for figures. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 1_024 ** 3)} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
}
