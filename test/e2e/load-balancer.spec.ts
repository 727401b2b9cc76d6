import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { balancerLack, type LoadBalancer, startBalancer } from '../support/load-balancer/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';

const lack = balancerLack();
const REPLICAS = 2;
const REQUESTS = 12;
const AGENT_BODY_MAX_BYTES = 20 * 1024 * 1024;

describeWithPostgres('in front of two replicas', () => {
  describe.skipIf(lack !== undefined)(`the load balancer${lack ? ` [${lack}]` : ''}`, () => {
    let database: TestDatabase;
    let llm: ScriptedLlm;
    let gateways: [RunningGateway, RunningGateway];
    let balancer: LoadBalancer;
    let client: GoClawClient;

    beforeEach(async () => {
      database = await createTestDatabase();
      llm = await ScriptedLlm.start();
      const options = { llm, dsn: database.dsn, env: { GOCLAW_SHUTDOWN_GRACE_SEC: '30' } };
      gateways = await Promise.all([startGateway(options), startGateway(options)]);
      balancer = await startBalancer([gateways[0].url, gateways[1].url]);
      client = new GoClawClient({ url: balancer.url, token: gateways[0].token, userId: 'ann' });
      await expect.poll(async () => (await client.call('health')).replicas).toBe(REPLICAS);
    });
    afterEach(async () => {
      client.close();
      await balancer[Symbol.asyncDispose]();
      await Promise.all(gateways.map((gateway) => gateway[Symbol.asyncDispose]()));
      await llm[Symbol.asyncDispose]();
      await database.drop();
    });

    const post = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${balancer.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { ...gateways[0].headers('ann'), 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }], ...body }),
      });

    /** The answer to a request that only says how large its body will be. */
    async function announced(bytes: number): Promise<{ status: number | undefined; body: unknown }> {
      const headers = { ...gateways[0].headers('ann'), 'content-length': bytes };
      const asking = request(`${balancer.url}/v1/chat/completions`, { method: 'POST', headers });
      asking.flushHeaders();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      const body = await json(answer);
      asking.destroy();
      return { status: answer.statusCode, body };
    }

    /** Whether the run that is going is on the first or on the second. */
    async function whoRuns(): Promise<1 | 2> {
      const counts = await Promise.all(
        gateways.map(async (gateway) => {
          using socket = await RawSocket.connect(gateway, 'probe');
          return (await socket.result('status'))['runs'];
        }),
      );
      expect(new Set(counts)).toEqual(new Set([0, 1]));
      return counts[0] === 1 ? 1 : 2;
    }

    it('lets a conversation over a socket through, with every piece as it comes', async () => {
      const gate = llm.gate();
      const run = client.chat({ message: 'Count.' });
      await gate.reached;
      for (const text of ['One', 'One, two']) {
        gate.send(text.slice(run.text.length));
        await expect.poll(() => run.text).toBe(text);
      }
      gate.release('.');
      expect(await run.done).toMatchObject({ content: 'One, two.' });
    });

    it('lets a stream through without holding it back', async () => {
      const gate = llm.gate();
      const answer = post({ stream: true });
      await gate.reached;
      gate.send('Alpha');
      const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes('Alpha')) text += (await reader?.read())?.value ?? '';
      gate.send('Beta');
      while (!text.includes('Beta')) text += (await reader?.read())?.value ?? '';
      expect(text).not.toContain('[DONE]');
      gate.release('.');
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
        text += part.value;
      expect(text).toContain('[DONE]');
    });

    it('goes on when a replica is killed: its clients read on at the other one, without an error', async () => {
      const gate = llm.gate();
      const errors: unknown[] = [];
      const run = client.chat({ message: 'Count.' });
      run.done.catch((error: unknown) => errors.push(error));
      await gate.reached;
      gate.send('One');
      await expect.poll(() => run.text).toBe('One');
      llm.reply('One, two.').reply('Still here.');
      const killed = await whoRuns();
      await gateways[killed - 1]?.kill();
      expect(await run.done).toMatchObject({ status: 'completed', content: 'One, two.' });
      expect(run.text).toBe('One, two.');
      expect(errors).toEqual([]);
      expect(await client.chat({ message: 'And now?' }).done).toMatchObject({ content: 'Still here.' });
    });

    it('answers a request with a key although the replica that had it is killed, after one run', async () => {
      const gate = llm.gate();
      const answer = post({}, { 'idempotency-key': 'once' });
      await gate.reached;
      llm.reply('Once.');
      const killed = await whoRuns();
      await gateways[killed - 1]?.kill();
      const { status } = await answer;
      expect([status, await (await answer).text()]).toEqual([200, expect.stringContaining('Once.')]);
      expect(llm.requests).toHaveLength(2);
    });

    it('sends nobody to a replica that drains, which ends what it has', async () => {
      const gate = llm.gate();
      const kept = post({});
      await gate.reached;
      const place = await whoRuns();
      const draining = gateways[place - 1];
      const exited = draining?.stop();
      // From the first moment on, also before it is taken out.
      llm.respond(() => 'From the other one.');
      for (let count = 0; count < REQUESTS; count++) {
        const answer = await post({}, { 'idempotency-key': `key-${count}` });
        expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('other one')]);
      }
      await balancer.untilDown(place);
      expect((await post({})).status).toBe(200);
      using socket = await RawSocket.connect({ wsUrl: balancer.wsUrl, token: gateways[0].token }, 'ann');
      expect(await socket.result('health')).toMatchObject({ status: 'ok' });
      gate.release('In time.');
      expect(await (await kept).text()).toContain('In time.');
      expect(await exited).toBe(0);
    });

    it('takes what the gateway takes, and answers what is too large as the gateway does', async () => {
      llm.reply('Seen.');
      const url = `data:image/png;base64,${'A'.repeat(4 * 1024 * 1024)}`;
      const content = [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url } },
      ];
      expect((await post({ messages: [{ role: 'user', content }] })).status).toBe(200);
      const { status, body } = await announced(AGENT_BODY_MAX_BYTES + 2 * 1024 * 1024);
      expect(status).toBe(413);
      expect(body).toMatchObject({ error: { type: 'invalid_request_error' } });
    });
  });
});
