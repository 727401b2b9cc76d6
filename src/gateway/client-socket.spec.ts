import { describe, expect, it } from 'vitest';
import { SEND_QUEUE_MAX_BYTES, SEND_QUEUE_MAX_FRAMES } from '#protocol';
import { encodeEvent } from './encode-frame.js';
import { openSocketPair } from './socket-pair.fixture.js';

describe('a socket of a client', () => {
  it('numbers its events from 1 without gaps, and responses not at all', async () => {
    await using pair = await openSocketPair();
    pair.socket.emit(encodeEvent('health', { status: 'ok' }));
    pair.socket.respond('{"type":"res","id":1,"ok":true}');
    pair.socket.emit(encodeEvent('shutdown'));
    await pair.until(() => pair.received.length === 3);
    expect(pair.received).toEqual([
      { type: 'event', event: 'health', payload: { status: 'ok' }, seq: 1 },
      { type: 'res', id: 1, ok: true },
      { type: 'event', event: 'shutdown', seq: 2 },
    ]);
  });

  it('takes a burst of many more frames than may wait, when the reader keeps up', async () => {
    await using pair = await openSocketPair();
    const count = SEND_QUEUE_MAX_FRAMES * 3;
    for (let index = 0; index < count; index++) pair.socket.emit(encodeEvent('health', { index }));
    await pair.until(() => pair.received.length === count);
    expect(pair.received.map(({ seq }) => seq)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(pair.socket.isOpen).toBe(true);
  });

  it('is closed with 1013 when its reader lets too many frames wait, and everything before came', async () => {
    await using pair = await openSocketPair();
    pair.client.pause();
    const event = encodeEvent('health', { text: 'x'.repeat(1_000) });
    let sent = 0;
    // Far more than a loopback connection holds by itself.
    for (; sent < 50_000 && pair.socket.isOpen; sent++) {
      pair.socket.emit(event);
      if (sent % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pair.socket.isOpen).toBe(false);
    expect(pair.server.bufferedAmount).toBeLessThan(SEND_QUEUE_MAX_BYTES / 2);
    pair.client.resume();
    await pair.until(() => pair.closeCode !== undefined);
    expect(pair.closeCode).toBe(1013);
    expect(pair.received).toHaveLength(sent);
    expect(pair.received.at(-1)?.['seq']).toBe(sent);
  });

  it('is closed with 1013 when too many bytes wait', async () => {
    await using pair = await openSocketPair();
    pair.client.pause();
    const frame = JSON.stringify({ type: 'res', id: 1, ok: true, payload: 'x'.repeat(1024 * 1024) });
    const enough = (SEND_QUEUE_MAX_BYTES / (1024 * 1024)) * 3;
    for (let sent = 0; sent < enough && pair.socket.isOpen; sent++) pair.socket.respond(frame);
    expect(pair.socket.isOpen).toBe(false);
    pair.client.resume();
    await pair.until(() => pair.closeCode !== undefined);
    expect(pair.closeCode).toBe(1013);
  });

  it('takes one frame that is larger than all that may wait', async () => {
    await using pair = await openSocketPair();
    const payload = 'x'.repeat(SEND_QUEUE_MAX_BYTES * 3);
    pair.socket.respond(JSON.stringify({ type: 'res', id: 1, ok: true, payload }));
    await pair.until(() => pair.received.length === 1);
    expect(pair.received[0]?.['payload']).toHaveLength(payload.length);
    expect(pair.socket.isOpen).toBe(true);
  });

  it('lets whoever sends much wait for the reader, and for nobody when the socket is gone', async () => {
    await using pair = await openSocketPair();
    const event = encodeEvent('health', { text: 'x'.repeat(100_000) });
    const fill = async (): Promise<void> => {
      pair.client.pause();
      // What the operating system takes does not wait.
      while (pair.server.bufferedAmount < SEND_QUEUE_MAX_BYTES / 2) {
        pair.socket.emit(event);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await fill();
    let caughtUp = false;
    const drained = pair.socket.drained().then(() => (caughtUp = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(caughtUp).toBe(false);
    pair.client.resume();
    await drained;
    expect(pair.socket.isOpen).toBe(true);

    await fill();
    pair.server.once('close', () => pair.socket.released());
    const released = pair.socket.drained();
    pair.server.terminate();
    await expect(released).resolves.toBeUndefined();
  });
});
