import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';
import { startWalledGateway, type WalledGateway } from '../support/gateway/index.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

interface Entry {
  readonly seq: number;
  readonly user_id: string;
  readonly address: string;
  readonly action: string;
  readonly outcome: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly trace_id: string;
  readonly details: Record<string, unknown>;
}

describeWithPostgres('the audit log', () => {
  let walled: WalledGateway;
  let admin: RestClient;
  let ann: RestClient;

  beforeAll(async () => {
    walled = await startWalledGateway();
    admin = RestClient.admin(walled.gateway);
    ann = await admin.bound('ann');
  });
  afterAll(() => walled[Symbol.asyncDispose]());

  async function entries(query: string): Promise<Entry[]> {
    return (await admin.done('GET', `/v1/audit?${query}`))['entries'] as Entry[];
  }

  it('tells who changed what, from where and by which request', async () => {
    const answer = await admin.call('POST', '/v1/api-keys', { name: 'k', role: 'viewer', user_id: 'bob' });
    expect(answer.status).toBe(201);
    const [entry] = await entries('action=api-key.&user_id=root');
    expect(entry).toMatchObject({ user_id: 'root', outcome: 'ok', address: '127.0.0.1' });
    expect(entry?.trace_id).toMatch(/./);
    expect(JSON.stringify(await entries('limit=200'))).not.toContain(String(answer.body['key']));
  });

  it('tells of denied access, over HTTP and over the socket, once for many tries', async () => {
    for (let i = 0; i < 20; i++) expect((await ann.call('GET', '/v1/users')).status).toBe(403);
    using socket = await RawSocket.connect(ann.entry);
    await socket.request('config.get');
    const nobody = new RestClient(walled.gateway, 'wrong-token', 'eve');
    expect((await nobody.call('GET', '/v1/users')).status).toBe(401);
    await expect
      .poll(async () =>
        (await entries('outcome=denied&limit=200')).map((e) => [e.user_id, e.target_id, e.details['reason']]),
      )
      .toEqual(
        expect.arrayContaining([
          ['ann', 'GET /v1/users', 'role'],
          ['ann', 'config.get', 'role'],
          ['', 'GET /v1/users', 'unauthenticated'],
        ]),
      );
    const told = await entries('outcome=denied&user_id=ann&target_id=GET%20%2Fv1%2Fusers');
    expect(told).toHaveLength(1);
  });

  it('is for admins alone', async () => {
    for (const path of ['/v1/audit', '/v1/audit/export', '/v1/audit/verify'])
      expect((await ann.call('GET', path)).status).toBe(403);
  });

  it('filters, pages from the newest on, and refuses what is no filter of its own', async () => {
    const all = await entries('limit=200');
    const seen: number[] = [];
    for (let after = ''; ;) {
      const page = await admin.done('GET', `/v1/audit?limit=2${after}`);
      seen.push(...(page['entries'] as Entry[]).map(({ seq }) => seq));
      if (typeof page['next'] !== 'string') break;
      after = `&after=${page['next']}`;
    }
    expect(seen.slice(-all.length)).toEqual(all.map(({ seq }) => seq));
    expect(new Set((await entries('target_type=api-key')).map((e) => e.target_type))).toEqual(
      new Set(['api-key']),
    );
    expect(await entries('from=2999-01-01')).toEqual([]);
    expect((await admin.call('GET', '/v1/audit?outcome=perhaps')).status).toBe(400);
    expect((await admin.call('GET', '/v1/audit?after=nonsense')).status).toBe(400);
  });

  it('is exported whole, one entry a line, and the export is told of', async () => {
    const response = await fetch(`${walled.gateway.url}/v1/audit/export`, {
      headers: walled.gateway.headers('root'),
    });
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
    expect(lines.at(-1)?.action).toBe('audit.export');
  });

  it('is verified over REST and on the command line, beside a gateway that goes on', async () => {
    expect(await admin.done('GET', '/v1/audit/verify')).toMatchObject({ intact: true });
    const { code, stdout } = await runCli(['audit', 'verify'], { env: walled.cliEnv });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Intact: \d+ entries/)]);
    const exported = await runCli(['audit', 'export', '--action', 'audit.'], { env: walled.cliEnv });
    expect(
      exported.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Entry).action),
    ).toContain('audit.export');
  });

  it('shows what somebody changed beside the gateway', async () => {
    const superuser = new Client({ connectionString: walled.database.superuserDsn });
    await superuser.connect();
    try {
      await superuser.query(
        `ALTER TABLE audit_log DISABLE TRIGGER USER; UPDATE audit_log SET user_id = 'x' WHERE seq = 2`,
      );
    } finally {
      await superuser.end();
    }
    expect(await admin.done('GET', '/v1/audit/verify')).toMatchObject({
      intact: false,
      entries: 1,
      broken: { seq: 2, reason: 'its content was changed' },
    });
    const { code, stdout } = await runCli(['audit', 'verify'], { env: walled.cliEnv });
    expect([code, stdout]).toEqual([1, expect.stringContaining('Broken at entry 2')]);
  });
});
