import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { KEEP_ALIVE_INTERVAL_MS, STREAM_BACKLOG_MAX_BYTES } from '../http.limits.js';
import { SseStream } from './sse-stream.js';

let server: FastifyInstance | undefined;
afterEach(() => server?.close());

/** A server that hands its one stream to the test. */
async function serve(clock: ManualClock): Promise<{ url: string; opened: Promise<SseStream> }> {
  const { promise, resolve } = Promise.withResolvers<SseStream>();
  server = fastify({ forceCloseConnections: true });
  server.get('/', (_request, reply: FastifyReply) => {
    reply.header('x-from-a-hook', 'kept');
    resolve(new SseStream(reply, clock));
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/`, opened: promise };
}

describe('a stream of events', () => {
  it('opens with its first event, and keeps the headers that hooks have set', async () => {
    const { url, opened } = await serve(new ManualClock());
    const answer = fetch(url);
    const stream = await opened;
    expect(stream.isOpen).toBe(false);
    stream.send('data: 1\n\n');
    stream.end();
    const response = await answer;
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-from-a-hook')).toBe('kept');
    expect(await response.text()).toBe('data: 1\n\n');
  });

  it('is kept open by a comment every 15 s, and stops that at its end', async () => {
    const clock = new ManualClock();
    const { url, opened } = await serve(clock);
    const answer = fetch(url);
    const stream = await opened;
    expect(KEEP_ALIVE_INTERVAL_MS).toBe(15_000);
    clock.advance(KEEP_ALIVE_INTERVAL_MS);
    stream.send('data: 1\n\n');
    clock.advance(2 * KEEP_ALIVE_INTERVAL_MS);
    stream.end();
    expect(clock.pending).toBe(0);
    const comment = ': keep-alive\n\n';
    expect(await (await answer).text()).toBe(`${comment}data: 1\n\n${comment}${comment}`);
  });

  it('disconnects a reader that does not read, instead of keeping everything for it', async () => {
    const clock = new ManualClock();
    const { url, opened } = await serve(clock);
    const slow = request(url, (response) => response.pause());
    slow.on('error', () => undefined).end();
    const stream = await opened;
    const piece = `data: ${'x'.repeat(64 * 1024)}\n\n`;
    const closed = once(slow, 'close');
    let sent = 0;
    // The kernel takes some megabytes before anything waits in the process.
    for (; sent < 20 * STREAM_BACKLOG_MAX_BYTES && clock.pending > 0; sent += piece.length) {
      stream.send(piece);
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(20 * STREAM_BACKLOG_MAX_BYTES);
    slow.destroy();
    await closed;
    expect(() => stream.send(piece)).not.toThrow();
  });

  it('never opened leaves the answer to somebody else', async () => {
    const clock = new ManualClock();
    server = fastify();
    server.get('/', async (_request, reply) => {
      const stream = new SseStream(reply, clock);
      stream.end();
      return reply.code(503).send({ error: 'x' });
    });
    const response = await server.inject('/');
    expect(response.statusCode).toBe(503);
    expect(clock.pending).toBe(0);
  });
});
