#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** What the build's code compiled to, kept beside it by earlier starts. Where it cannot be written, it is done without. */
const COMPILED = fileURLToPath(new URL('../.compiled', import.meta.url));

// Before everything else is loaded. A Node that is too old lacks it, and is told so by the program.
(module as Partial<Pick<typeof module, 'enableCompileCache'>>).enableCompileCache?.(COMPILED);
await import('./run-program.js');
