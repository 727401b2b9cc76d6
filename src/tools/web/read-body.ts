import type { Response } from 'undici';

export interface Body {
  readonly bytes: Buffer;
  /** There was more. */
  readonly truncated: boolean;
}

/** The first bytes of an answer, unpacked as they come: a small answer that unpacks to gigabytes is left in time. */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return { bytes: Buffer.alloc(0), truncated: false };
  for await (const chunk of response.body) {
    if (!(chunk instanceof Uint8Array)) continue;
    const room = maxBytes - length;
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    length += Math.min(chunk.length, room);
    // Leaving the loop cancels the body, and with it the connection.
    if (chunk.length > room) return { bytes: Buffer.concat(chunks, length), truncated: true };
  }
  return { bytes: Buffer.concat(chunks, length), truncated: false };
}
