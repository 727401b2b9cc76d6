import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PROVENANCE, USER_TABLES } from '../../src/store/people/user-tables.js';
import { runCli } from '../support/cli/index.js';
import { startWalledGateway, type WalledGateway } from '../support/gateway/index.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const CANARY = 'canary-7f3a';

interface Line {
  readonly table: string;
  readonly row: Record<string, unknown>;
}

describeWithPostgres('everything of a user', () => {
  let walled: WalledGateway;
  let admin: RestClient;
  let superuser: Client;
  let out: string;
  /** A user of each test's own. */
  let user: string;
  let count = 0;

  beforeAll(async () => {
    walled = await startWalledGateway();
    admin = RestClient.admin(walled.gateway);
    superuser = new Client({ connectionString: walled.database.superuserDsn });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await walled[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    user = `tenant.acme.user.${CANARY}-${++count}`;
    out = mkdtempSync(join(tmpdir(), 'goclaw-export-'));
    walled.llm.reset();
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  async function talk(who: RestClient, content = `Hello from ${CANARY}`): Promise<void> {
    walled.llm.reply({ text: 'Hello.' });
    const { status } = await who.call(
      'POST',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content }] },
      { 'x-goclaw-session-key': 'talk' },
    );
    expect(status).toBe(200);
    // The trace is written a moment after the answer.
    await expect
      .poll(async () => (await admin.done('GET', `/v1/traces?user_id=${user}`))['traces'])
      .toHaveLength(1);
  }

  async function exported(): Promise<Line[]> {
    const file = join(out, 'user.ndjson');
    const { code, stderr } = await runCli(
      ['users', 'export', user, '--out', file, '--url', walled.gateway.url],
      { env: walled.cliEnv },
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining(file)]);
    expect(statSync(file).mode & 0o077).toBe(0);
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  }

  /** Where, in the whole database, the user is named. */
  async function traces(): Promise<string[]> {
    const { rows: tables } = await superuser.query<{ name: string }>(
      `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
       WHERE table_schema IN ('public', 'graphile_worker') AND table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await superuser.query<{ hits: number }>(
        `SELECT count(*)::int AS hits FROM ${name} t WHERE to_jsonb(t)::text LIKE $1`,
        [`%${user}%`],
      );
      if ((rows[0]?.hits ?? 0) > 0) found.push(name.replace('public.', ''));
    }
    return found.toSorted();
  }

  async function usersOnDisk(): Promise<string[]> {
    const names = await readdir(walled.gateway.workspace, { recursive: true }).catch(() => []);
    return names.filter((name) => name.includes(`${CANARY}-${count}-`));
  }

  it('is exported: conversations, runs, traces, files, and no secret', async () => {
    const ann = await admin.bound(user);
    await talk(ann);
    await mkdir(await workspaceOf(), { recursive: true });
    await writeFile(join(await workspaceOf(), 'notes.md'), 'Mine.');
    const lines = await exported();
    const tables = new Set(lines.map(({ table }) => table));
    for (const table of [
      'sessions',
      'session_messages',
      'runs',
      'traces',
      'spans',
      'api_keys',
      'workspace_files',
    ])
      expect(tables).toContain(table);
    expect(lines.find(({ table }) => table === 'workspace_files')?.row).toMatchObject({
      path: 'notes.md',
      bytes: 5,
    });
    expect(lines.find(({ table }) => table === 'api_keys')?.row).not.toHaveProperty('key_hash');
    expect(lines.at(0)).toMatchObject({ table: 'export', row: { user_id: user } });
    expect(lines.at(-1)).toMatchObject({ table: 'export', row: { rows: lines.length - 2 } });
    expect(JSON.stringify(lines)).not.toContain(ann.token);
  });

  it('is erased everywhere; what is left is that it was done', async () => {
    const ann = await admin.bound(user);
    await talk(ann);
    await writeFile(join(await workspaceOf(), 'notes.md'), 'Mine.');
    expect((await traces()).length).toBeGreaterThan(5);
    const { code, stdout } = await runCli(['users', 'erase', user, '--yes', '--url', walled.gateway.url], {
      env: walled.cliEnv,
    });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { status: 'erased', removed: { sessions: 1 }, workspaces: 1 },
    ]);
    expect(await traces()).toEqual(['audit_log']);
    expect(await usersOnDisk()).toEqual([]);
    expect((await ann.call('GET', '/v1/sessions')).status).toBe(401);
    const { entries } = await admin.done('GET', `/v1/audit?action=user.erase&target_id=${user}`);
    expect(entries).toMatchObject([
      { outcome: 'ok', details: { removed: { sessions: 1, session_messages: 2 } } },
    ]);
  });

  it('is erased twice without harm, and may be begun anew', async () => {
    const first = await admin.bound(user);
    await talk(first);
    await admin.done('DELETE', `/v1/users/${user}`);
    expect(await admin.done('DELETE', `/v1/users/${user}`)).toMatchObject({ removed: {}, workspaces: 0 });
    await talk(await admin.bound(user));
    await expect.poll(async () => (await admin.call('GET', `/v1/users/${user}`)).status).toBe(200);
    expect(await workspaceOf()).toContain('users/');
  });

  it('is erased while a run of his goes: that is stopped first, his sockets are closed, and nothing comes after', async () => {
    const ann = await admin.bound(user);
    walled.llm.hang();
    using socket = await RawSocket.connect(ann.entry);
    void socket.request('chat.send', { message: 'Wait.' }).catch(() => undefined);
    const going = `SELECT 1 FROM runs WHERE user_id = $1 AND state = 'running'`;
    await expect.poll(async () => (await superuser.query(going, [user])).rowCount).toBe(1);
    await admin.done('DELETE', `/v1/users/${user}`);
    await expect.poll(() => socket.closed).toBeDefined();
    expect(await traces()).toEqual(['audit_log']);
  });

  it('is not erased while he owns what others use, unless it is said what becomes of it', async () => {
    const agent = await admin.done('POST', '/v1/agents', {
      agent_key: `of-${count}`,
      owner_id: user,
      provider: 'openai',
      model: 'scripted',
    });
    await superuser.query('UPDATE agents SET owner_id = $2 WHERE id = $1', [agent['id'], user]);
    expect(await admin.refusal('DELETE', `/v1/users/${user}`)).toMatch(
      new RegExp(`agents/of-${count}.*transfer`),
    );
    expect(await admin.refusal('DELETE', `/v1/users/${user}?agents=keep`)).toMatch(/^400/);
    await admin.done('DELETE', `/v1/users/${user}?agents=transfer:heir`);
    expect(await admin.done('GET', `/v1/agents/of-${count}`)).toMatchObject({ owner_id: 'heir' });
    await admin.done('DELETE', '/v1/users/heir?agents=delete');
    expect((await admin.call('GET', `/v1/agents/of-${count}`)).status).toBe(404);
  });

  it('leaves a default agent, also when that was his', async () => {
    const agent = await admin.done('POST', '/v1/agents', {
      agent_key: `default-${count}`,
      owner_id: user,
      provider: 'openai',
      model: 'scripted',
      is_default: true,
    });
    await superuser.query('UPDATE agents SET owner_id = $2 WHERE id = $1', [agent['id'], user]);
    await admin.done('DELETE', `/v1/users/${user}?agents=delete`);
    expect(await admin.done('GET', `/v1/agents/default-${count}`)).toMatchObject({
      is_default: true,
      owner_id: 'erased',
    });
  });

  it.each(['system', 'local', 'group:telegram:1'])('is not erased of %s, who is no user', async (id) => {
    expect(await admin.refusal('DELETE', `/v1/users/${encodeURIComponent(id)}`)).toMatch(/^400.*reserved/);
  });

  it('is not erased without being asked for', async () => {
    const { code, stderr } = await runCli(['users', 'erase', user, '--url', walled.gateway.url], {
      env: walled.cliEnv,
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('--yes')]);
    const { code: wrong, stderr: why } = await runCli(
      ['users', 'erase', 'system', '--yes', '--url', walled.gateway.url],
      { env: walled.cliEnv },
    );
    expect([wrong, why]).toEqual([1, expect.stringContaining('reserved')]);
  });

  it('is known: every table with a user is exported and erased, every name of who did something is taken out', async () => {
    const { rows } = await superuser.query<{ table_name: string; column_name: string }>(
      `SELECT table_name, column_name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name ~ '^(user_id|requested_by|session_id|run_id|trace_id|.*_by)$'
         AND column_name <> 'spawned_by'`,
    );
    const known = new Set(USER_TABLES.map(({ table }) => table));
    const provenance = new Set(PROVENANCE.map(([table, column]) => `${table}.${column}`));
    const strangers = rows.filter(
      ({ table_name: table, column_name: column }) =>
        table !== 'audit_log' && !known.has(table) && !provenance.has(`${table}.${column}`),
    );
    expect(strangers).toEqual([]);
    const byOthers = rows.filter(
      ({ table_name: table, column_name: column }) =>
        column.endsWith('_by') && column !== 'requested_by' && !provenance.has(`${table}.${column}`),
    );
    expect(byOthers).toEqual([]);
  });

  async function workspaceOf(): Promise<string> {
    await expect.poll(usersOnDisk).not.toEqual([]);
    const [name] = await usersOnDisk();
    const path = join(walled.gateway.workspace, name ?? '');
    expect(existsSync(path)).toBe(true);
    return path;
  }
});
