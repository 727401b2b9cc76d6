import { BootstrapError } from './bootstrap.errors.js';
import { ALLOWED_FILES, CONTEXT_FILE_MAX_BYTES } from './context-file-names.js';

/** @throws BootstrapError `unknown-file` */
export function requireFileName(name: string): void {
  if (ALLOWED_FILES.includes(name)) return;
  throw new BootstrapError(
    'unknown-file',
    `${JSON.stringify(name.slice(0, 100))} is no context file. There are ${ALLOWED_FILES.join(', ')}.`,
    { details: { param: 'name' } },
  );
}

/** @throws BootstrapError `too-large` */
export function requireFileSize(name: string, content: string): void {
  const bytes = Buffer.byteLength(content);
  if (bytes <= CONTEXT_FILE_MAX_BYTES) return;
  throw new BootstrapError(
    'too-large',
    `${name} would have ${bytes} bytes; a context file has at most ${CONTEXT_FILE_MAX_BYTES}.`,
    { details: { param: 'content' } },
  );
}
