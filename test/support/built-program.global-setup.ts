import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Whole-program tests start `dist/`; this builds it when it is missing or older than its sources. */
export default function setup(): void {
  const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
