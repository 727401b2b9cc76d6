import { relative, resolve } from 'node:path';
import type { ToolWorkspace, WorkspaceDocuments } from '#contracts';
import { fileError } from './file-error.js';
import { READ_MAX_BYTES } from './fs.limits.js';
import { type Replacement, replaceText } from './replace-text.js';
import type { LineRange } from './read-lines.js';

/** A file of the workspace's root that is kept elsewhere than on disk. */
export class WorkspaceDocument {
  private constructor(
    private readonly documents: WorkspaceDocuments,
    readonly name: string,
  ) {}

  /** `undefined`: the path means a file on disk. */
  static at({ root, documents }: ToolWorkspace, path: string): WorkspaceDocument | undefined {
    if (!documents || path.includes('\0')) return undefined;
    const name = relative(root, resolve(root, path));
    return documents.names.includes(name) ? new WorkspaceDocument(documents, name) : undefined;
  }

  /** @throws ToolsError when there is none, or the range lies beyond its end */
  async read({ start, end }: LineRange): Promise<string> {
    const { content } = await this.existing();
    if (content === '') return `[The file "${this.name}" is empty.]`;
    const lines = content.split(/(?<=\n)/);
    if (start > lines.length)
      throw fileError(`"${this.name}" has no line ${start}; its last line is ${lines.length}.`);
    const shown: string[] = [];
    let bytes = 0;
    for (const line of lines.slice(start - 1, end)) {
      bytes += Buffer.byteLength(line);
      if (bytes > READ_MAX_BYTES) return this.partly(shown, line, start);
      shown.push(line);
    }
    return shown.join('');
  }

  /** @throws ToolsError when it is refused */
  async write(content: string): Promise<void> {
    const refusal = await this.documents.write(this.name, content);
    if (refusal !== undefined) throw fileError(refusal);
  }

  /** Returns the lines where text was replaced. @throws ToolsError */
  async edit(change: Replacement): Promise<readonly number[]> {
    const { content, version } = await this.existing();
    const { text, lines } = replaceText(content, change, this.name);
    const refusal = await this.documents.write(this.name, text, version);
    if (refusal !== undefined) throw fileError(refusal);
    return lines;
  }

  private async existing(): Promise<{ readonly content: string; readonly version: number }> {
    const found = await this.documents.read(this.name);
    if (found) return found;
    throw fileError(`"${this.name}" does not exist; write it with write_file.`);
  }

  /** As much as one call returns; of a single line that is too long, its beginning. */
  private partly(shown: readonly string[], next: string, start: number): string {
    if (shown.length === 0) {
      const part = Buffer.from(next).subarray(0, READ_MAX_BYTES).toString('utf8');
      return `${part}\n[Only the beginning of line ${start}, which is longer than one call returns.]`;
    }
    const line = start + shown.length;
    return `${shown.join('')}[Lines ${start}-${line - 1} of "${this.name}". Read on with start_line ${line}.]`;
  }
}
