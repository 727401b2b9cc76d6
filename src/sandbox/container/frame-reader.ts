const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Reads the frames in which the Docker API mixes the two streams of output: one byte for the stream, three of nothing,
 * four for the length. Passes on what is there, without waiting for the rest of a frame. dockerode's own reader keeps
 * whole frames, whose length the other side chooses.
 */
export class FrameReader {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private headerBytes = 0;
  private payloadBytes = 0;

  constructor(private readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.payloadBytes > 0 ? this.pass(rest) : this.open(rest);
  }

  private open(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.header, this.headerBytes, 0, HEADER_BYTES - this.headerBytes);
    this.headerBytes += taken;
    if (this.headerBytes === HEADER_BYTES) {
      this.headerBytes = 0;
      this.payloadBytes = this.header.readUInt32BE(4);
    }
    return chunk.subarray(taken);
  }

  private pass(chunk: Buffer): Buffer {
    const payload = chunk.subarray(0, this.payloadBytes);
    this.payloadBytes -= payload.length;
    this.onOutput(this.header[0] === STDERR ? 'stderr' : 'stdout', payload);
    return chunk.subarray(payload.length);
  }
}
