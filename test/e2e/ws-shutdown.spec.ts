import { describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import { startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

describe('a gateway that stops', () => {
  it('tells its clients, lets what runs end, and closes with 1001', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ llm });
    using socket = await RawSocket.connect(gateway);
    using anonymous = await RawSocket.open(gateway);
    const gate = llm.gate();
    const id = socket.begin('chat.send', { message: 'hi' });
    await gate.reached;
    const stopped = gateway.stop();
    await socket.until(() => socket.frames.some(({ event }) => event === 'shutdown'), 'the announcement');
    expect(await socket.refusal('chat.send', { message: 'more', sessionKey: 'other' })).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    gate.release('Just in time.');
    expect(await socket.answer(id)).toMatchObject({ ok: true, payload: { content: 'Just in time.' } });
    expect(await socket.untilClosed()).toMatchObject({ code: 1001 });
    expect(await anonymous.untilClosed()).toMatchObject({ code: 1001 });
    expect(anonymous.frames).toEqual([]);
    expect(await stopped).toBe(0);
  });

  it('is found again by the client when it is back, also after a kill, and the run is not lost sight of', async () => {
    await using llm = await ScriptedLlm.start();
    await using first = await startGateway({ llm });
    const port = new URL(first.url).port;
    const client = new GoClawClient({
      url: first.url,
      token: first.token,
      reconnectMinMs: 20,
      reconnectMaxMs: 200,
    });
    const gate = llm.gate();
    const run = client.chat({ message: 'hi' });
    await gate.reached;
    gate.send('Half an ');
    await expect.poll(() => run.text).toBe('Half an');
    llm.reply('A whole one.').reply('Here again.');
    await first.kill();
    await using second = await startGateway({ llm, dataDir: first.dataDir, env: { GOCLAW_PORT: port } });
    expect(await run.done).toMatchObject({ status: 'completed', content: 'A whole one.' });
    expect(run.text).toBe('A whole one.');
    expect(await client.chat({ message: 'still there?' }).done).toMatchObject({ content: 'Here again.' });
    expect(second.url).toBe(first.url);
    client.close();
  });
});
