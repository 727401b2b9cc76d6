import { fileError } from './file-error.js';

/** The text of a file that is about to be edited. @throws ToolsError when it is none */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw fileError(
      `"${path}" is not UTF-8 text; an edit would damage it. Write the whole file instead.`,
      error,
    );
  }
}
