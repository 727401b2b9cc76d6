import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { BUSYBOX } from './busybox-image.js';

const PROGRAMS = ['/usr/bin/podman', '/usr/sbin/runc', BUSYBOX];

/** A `describe` whose tests need an engine of containers. Without one they are listed as skipped; in CI they fail. */
export function describeWithEngine(title: string, tests: () => void): void {
  const lack = engineLack();
  if (lack === undefined || process.env['CI'] === 'true') describe(title, tests);
  else describe.skip(`${title} [needs podman: ${lack}]`, tests);
}

function engineLack(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can run it here';
  const missing = PROGRAMS.find((program) => !existsSync(program));
  return missing === undefined ? undefined : `${missing} is not installed (scripts/install-podman.sh)`;
}
