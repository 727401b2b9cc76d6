import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

interface Pending {
  readonly status: string;
  readonly pairing_code: string;
  readonly sender_id: string;
}

describe.each(['standalone', 'managed'] as const)('a browser without credentials (%s)', (mode) => {
  let gateway: RunningGateway;
  let admin: RawSocket;

  beforeAll(async () => {
    gateway = await startGateway({ mode });
    admin = await RawSocket.connect(gateway, 'root');
  });
  afterAll(async () => {
    admin[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
  });
  /** Three may wait from one address: each test leaves none. */
  afterEach(async () => {
    const { pending } = (await admin.result('device.pair.list')) as { pending: { code: string }[] };
    for (const { code } of pending) await admin.result('device.pair.approve', { code });
    const { paired } = (await admin.result('device.pair.list')) as {
      paired: { sender_id: string; channel: string }[];
    };
    for (const { sender_id: senderId, channel } of paired)
      await admin.result('device.pair.revoke', { senderId, channel });
  });

  async function pend(socket: RawSocket, params: object = {}): Promise<Pending> {
    return (await socket.result('connect', params)) as unknown as Pending;
  }

  /** Somebody who lets devices in, and may do nothing else; keys are there in managed mode alone. */
  async function pairingHelper(): Promise<RawSocket> {
    if (mode === 'standalone') return RawSocket.connect(gateway, 'helper');
    const terms = { name: 'desk', role: 'admin', scopes: ['operator.pairing'], user_id: 'helper' };
    const { key } = await RestClient.admin(gateway).done('POST', '/v1/api-keys', terms);
    return RawSocket.connect({ wsUrl: gateway.wsUrl, token: String(key) });
  }

  it('shows a code, is let in by an admin, and comes back with its own secret', async () => {
    using browser = await RawSocket.open(gateway);
    const pending = await pend(browser);
    expect(pending).toMatchObject({
      status: 'pending_pairing',
      pairing_code: expect.stringMatching(/^[A-HJ-NP-Z2-9]{8}$/),
    });
    expect(await pend(browser, { sender_id: pending.sender_id })).toEqual(pending);
    const { sender_id } = pending;
    expect(await browser.result('browser.pairing.status', { sender_id })).toEqual({ status: 'pending' });
    expect(await browser.refusal('agents.list')).toMatchObject({ code: 'UNAUTHORIZED' });
    await admin.until(
      () =>
        admin.frames.some(
          ({ event, payload }) =>
            event === 'device.pair.requested' && JSON.stringify(payload).includes(pending.pairing_code),
        ),
      'the request',
    );
    const { paired } = await admin.result('device.pair.approve', { code: pending.pairing_code });
    await admin.until(
      () => admin.frames.some(({ event }) => event === 'device.pair.resolved'),
      'the approval',
    );
    expect(await browser.result('browser.pairing.status', { sender_id })).toEqual({ status: 'approved' });
    const welcome = await browser.result('connect', { sender_id });
    const publicId = (paired as { sender_id: string }).sender_id;
    expect(welcome).toMatchObject({
      role: 'operator',
      user_id: mode === 'standalone' ? 'local' : `browser.${publicId}`,
    });
    expect(await browser.result('agents.list')).toHaveProperty('agents');
    expect(await browser.refusal('config.get')).toMatchObject({ details: { reason: 'role' } });
    expect(await browser.refusal('device.pair.list')).toMatchObject({ details: { reason: 'scope' } });
  });

  it('cannot be impersonated by those who see it in the list', async () => {
    using browser = await RawSocket.open(gateway);
    const { pairing_code: code, sender_id: secret } = await pend(browser);
    await admin.result('device.pair.approve', { code });
    const { paired } = (await admin.result('device.pair.list')) as { paired: { sender_id: string }[] };
    const shown = paired[0]?.sender_id ?? '';
    expect(secret).toContain(shown);
    expect(JSON.stringify([await admin.result('device.pair.list'), admin.frames])).not.toContain(secret);
    using thief = await RawSocket.open(gateway);
    for (const sender_id of [
      shown,
      `${shown}.`,
      `${shown}.x`,
      `${shown}.${'A'.repeat(43)}`,
      secret.toLowerCase(),
    ]) {
      expect(await thief.result('browser.pairing.status', { sender_id }), sender_id).toEqual({
        status: 'expired',
      });
    }
    expect(await pend(thief, { sender_id: `${shown}.${'A'.repeat(43)}` })).toMatchObject({
      status: 'pending_pairing',
    });
    expect(await thief.refusal('agents.list')).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('is shut out at once when an admin says so', async () => {
    using browser = await RawSocket.open(gateway);
    const { pairing_code: code, sender_id } = await pend(browser);
    const { paired } = await admin.result('device.pair.approve', { code, userId: 'ann' });
    expect(await browser.result('connect', { sender_id })).toMatchObject({
      user_id: mode === 'standalone' ? 'local' : 'ann',
    });
    const senderId = (paired as { sender_id: string }).sender_id;
    expect(await admin.result('device.pair.revoke', { senderId, channel: 'browser' })).toEqual({
      revoked: true,
    });
    expect(await browser.untilClosed()).toMatchObject({
      code: 1008,
      reason: expect.stringContaining('paired'),
    });
    using again = await RawSocket.open(gateway);
    expect(await pend(again, { sender_id })).toMatchObject({ status: 'pending_pairing' });
    expect(await admin.refusal('device.pair.revoke', { senderId, channel: 'browser' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('may ask three times before somebody must answer, and a chat of its own account as well', async () => {
    const ask = (params: object): Promise<unknown> => admin.request('device.pair.request', params);
    for (const senderId of ['s1', 's2', 's3'])
      expect(await ask({ senderId, channel: 'telegram' })).toMatchObject({ ok: true });
    expect(await ask({ senderId: 's4', channel: 'telegram' })).toMatchObject({
      error: { code: 'RESOURCE_EXHAUSTED' },
    });
    expect(await ask({ senderId: 's4', channel: 'telegram', accountId: 'second' })).toMatchObject({
      ok: true,
    });
    const [first, again] = await Promise.all(
      [1, 2].map(() => admin.result('device.pair.request', { senderId: 's1', channel: 'telegram' })),
    );
    expect(first).toEqual(again);
    expect(await ask({ senderId: 's5', channel: 'browser' })).toMatchObject({
      error: { code: 'INVALID_REQUEST' },
    });
  });

  it('leaves room for others, however many accounts somebody asks for', async () => {
    using modest = await RawSocket.connect(gateway, 'modest');
    const ask = (who: RawSocket, n: number): Promise<unknown> => {
      const chat = { senderId: `g${n}`, channel: 'telegram', accountId: `account-${n}` };
      return who.request('device.pair.request', chat);
    };
    for (let n = 0; n < 30; n++) expect(await ask(admin, n)).toMatchObject({ ok: true });
    const refused = { error: { code: 'RESOURCE_EXHAUSTED' } };
    expect(await ask(admin, 30)).toMatchObject(refused);
    // A standalone gateway knows one user alone.
    expect(await ask(modest, 31)).toMatchObject(mode === 'managed' ? { ok: true } : refused);
  });

  it('acts for somebody else by the word of a whole admin alone', async () => {
    using browser = await RawSocket.open(gateway);
    const { pairing_code: code } = await pend(browser);
    using helper = await pairingHelper();
    if (mode === 'managed') {
      const asCeo = await helper.refusal('device.pair.approve', { code, userId: 'ceo' });
      expect(asCeo).toMatchObject({ code: 'UNAUTHORIZED', details: { reason: 'scope' } });
      expect(await helper.result('device.pair.approve', { code })).toMatchObject({
        paired: { user_id: expect.stringMatching(/^browser\./) },
      });
    } else
      expect(await helper.result('device.pair.approve', { code, userId: 'ceo' })).toMatchObject({
        paired: { user_id: 'ceo' },
      });
  });

  it('is not let in by a code that nobody showed', async () => {
    for (const code of ['ABCDEFGH', 'x', "' OR 1=1"])
      expect(await admin.refusal('device.pair.approve', { code })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await admin.refusal('device.pair.approve', { code: 'ABCDEFGH', userId: 'system' })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('tells a client of the library which code to have approved', async () => {
    const client = new GoClawClient({ url: gateway.url, reconnect: false });
    await expect(client.connect()).rejects.toMatchObject({
      code: 'NOT_PAIRED',
      details: { pairingCode: expect.any(String), senderId: expect.any(String) },
    });
    client.close();
  });
});
