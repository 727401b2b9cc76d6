import { PassThrough } from 'node:stream';
import type { CommandPlace, SandboxFile } from '#contracts';

interface TarOptions {
  readonly maxFileBytes: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Files in flight between the sandbox and who reads them: beyond it the sandbox waits. */
const AHEAD_MAX_BYTES = 1024 * 1024;

/** The files of the archives that a program prints, as they come. Ends the program when nobody wants more. */
export async function* filesOfTar(
  place: CommandPlace,
  argv: readonly string[],
  { maxFileBytes, maxBytes, signal }: TarOptions,
): AsyncGenerator<SandboxFile> {
  const { extract: openTar } = await import('tar-stream');
  const enough = new AbortController();
  const archive = new PassThrough({ readableHighWaterMark: AHEAD_MAX_BYTES });
  const extract = openTar();
  let bytes = 0;
  const command = await place.start({
    argv,
    env: { LC_ALL: 'C' },
    signal: AbortSignal.any([signal, enough.signal]),
    onOutput: (stream, chunk) => {
      if (stream === 'stderr' || enough.signal.aborted) return;
      bytes += chunk.length;
      if (bytes > maxBytes) enough.abort();
      else archive.write(Buffer.from(chunk));
    },
  });
  command.endInput();
  void command.ended.then(() => archive.end());
  archive.pipe(extract);
  try {
    for await (const entry of extract) {
      const content = await contentOf(entry as AsyncIterable<Uint8Array>, maxFileBytes);
      if (entry.header.type === 'file' && content) yield { path: entry.header.name, content };
    }
  } catch (error) {
    // An archive that was ended in the middle.
    if (!enough.signal.aborted && !(error instanceof Error && error.message.includes('Unexpected end')))
      throw error;
  } finally {
    enough.abort();
    extract.destroy();
    archive.destroy();
    await command.ended;
  }
}

/** `undefined` when there is more than that. */
async function contentOf(entry: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of entry) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes > maxBytes ? undefined : Buffer.concat(chunks);
}
