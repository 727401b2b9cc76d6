import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.js';

const BOTH = { stdout: 'out more', stderr: 'err!' };

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

function read(chunks: readonly Buffer[]): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' };
  const reader = new FrameReader((stream, chunk) => {
    said[stream] += Buffer.from(chunk).toString();
  });
  for (const chunk of chunks) reader.push(chunk);
  return said;
}

describe('frames of output', () => {
  const frames = [frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, ' more'), frame(2, '!')];
  const bytes = Buffer.concat(frames);

  it('are told apart, several in one piece', () => {
    expect(read([bytes])).toEqual(BOTH);
  });

  it('are told apart wherever the pieces are cut', () => {
    for (let at = 1; at < bytes.length; at += 1)
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(BOTH);
    expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(BOTH);
  });

  it('are passed on as they come: one that claims gigabytes is not waited for', () => {
    const huge = frame(1, 'beginning');
    huge.writeUInt32BE(0xffff_ffff, 4);
    expect(read([huge])).toEqual({ stdout: 'beginning', stderr: '' });
  });
});
