import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

export const NDJSON = 'application/x-ndjson';

/** Objects of one read, together, until the client has taken them. */
const LINES_AHEAD = 1;

/**
 * An answer of one JSON object a line, made as fast as its client reads: memory stays bounded however long it is. What
 * fails on the way cuts the connection, so that half of it is never taken for all.
 */
export function lineStream(lines: AsyncIterable<readonly object[]>, fileName: string): StreamableFile {
  const stream = Readable.from(texts(lines), { objectMode: true, highWaterMark: LINES_AHEAD });
  return new StreamableFile(stream, { type: NDJSON, disposition: `attachment; filename="${fileName}"` });
}

async function* texts(lines: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const some of lines) {
    if (some.length > 0) yield some.map((line) => `${JSON.stringify(line)}\n`).join('');
  }
}
