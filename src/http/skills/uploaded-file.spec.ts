import { Readable } from 'node:stream';
import { setImmediate as afterReads } from 'node:timers/promises';
import multipart from '@fastify/multipart';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { uploadedFile } from './uploaded-file.js';

const LIMIT = 10;

/** Each piece once the one before has been read. */
async function* slowly(pieces: readonly string[]) {
  for (const piece of pieces) {
    yield Buffer.from(piece);
    for (let turn = 0; turn < 5; turn++) await afterReads();
  }
}

/** Sends a form whose file arrives in these pieces. */
async function upload(...pieces: string[]) {
  await using server = fastify();
  await server.register(multipart, { limits: { fileSize: LIMIT } });
  server.route({
    method: 'POST',
    url: '/',
    handler: async (request) => (await uploadedFile(request)).toString(),
  });
  const head =
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a.zip"\r\ncontent-type: application/zip\r\n\r\n';
  const { statusCode, body } = await server.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    payload: Readable.from(slowly([head, ...pieces, '\r\n--b--\r\n'])),
  });
  return { statusCode, body };
}

describe('an uploaded file', () => {
  it('is read whole, up to its limit', async () => {
    expect(await upload('01234', '56789')).toEqual({ statusCode: 200, body: '0123456789' });
  });

  it.each([
    ['within a piece', ['01234', '56789a']],
    ['between two pieces', ['0123456789', 'a']],
    ['in its first piece', ['0123456789abcdef']],
  ])('is refused when it passes its limit %s', async (_, pieces) => {
    expect(await upload(...pieces)).toMatchObject({ statusCode: 413 });
  });
});
