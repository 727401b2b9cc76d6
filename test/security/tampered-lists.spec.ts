import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentedRoutes } from '../support/api-documents.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';
import { RestClient } from '../support/rest.js';

const SORTS = [
  'created_at',
  'updated_at',
  'start_time',
  'last_seen_at',
  'name',
  'agent_key',
  'input_tokens',
  'seq',
];
const VALUES = ['x', '', '\u0000', '\ud800', 'infinity', '9'.repeat(30), '2026-99-99'];
const IDS = ['x', '\u0000', '00000000-0000-7000-8000-000000000000', '9'.repeat(30)];
const FILTERS = [
  'q',
  'user_id',
  'tenant',
  'owner_id',
  'provider',
  'channel',
  'action',
  'target_id',
  'session_key',
];

let database: TestDatabase;
let gateway: RunningGateway;
let admin: RestClient;
let lists: string[];

function cursor(...parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

describeWithPostgres('lists', () => {
  beforeAll(async () => {
    database = await createTestDatabase();
    gateway = await startGateway({ dsn: database.dsn });
    admin = RestClient.admin(gateway);
    const routes = await documentedRoutes(gateway);
    const isList = ({ method, path, parameters }: (typeof routes)[number]): boolean =>
      method === 'GET' &&
      parameters.length === 0 &&
      /^\/v1\/[a-z/-]+$/.test(path) &&
      !/export|verify/.test(path);
    lists = routes.filter(isList).map(({ path }) => path);
  });
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    await database?.drop();
  });

  const statuses = async (queries: readonly string[]): Promise<Map<string, number>> => {
    const asked = lists.flatMap((path) => queries.map((query) => `${path}?${query}`));
    const answers = new Map<string, number>();
    for (const path of asked) answers.set(path, await statusOf('GET', path));
    return answers;
  };
  /** An answer that breaks off counts as a failure: an export has begun when it fails. */
  const statusOf = async (method: string, path: string, body?: object): Promise<number> => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { ...gateway.headers('root'), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.text().then(
      () => response.status,
      () => 599,
    );
  };
  const failed = (answers: ReadonlyMap<string, number>): string[] =>
    [...answers].filter(([, status]) => status >= 500).map(([path, status]) => `${status} ${path}`);

  it('answer a position that somebody made up with what is wrong with it', async () => {
    const made = SORTS.flatMap((sort) =>
      VALUES.flatMap((value) => IDS.map((id) => `sort=-${sort}&after=${cursor(sort, true, value, id)}`)),
    );
    const answers = await statuses(made);
    expect(lists.length).toBeGreaterThan(10);
    expect(failed(answers)).toEqual([]);
    const own = await admin.call('GET', `/v1/agents?after=${cursor('created_at', true, 'x', IDS[2])}`);
    expect([own.status, own.body['error']]).toMatchObject([400, { param: 'after' }]);
  });

  it('find nothing by a text that the database cannot hold', async () => {
    expect(failed(await statuses(FILTERS.map((name) => `${name}=a%00b`)))).toEqual([]);
    expect(await admin.done('GET', '/v1/agents?q=a%00b')).toMatchObject({ agents: [], total: 0 });
  });

  it('and everything else know nothing under a name that the database cannot hold', async () => {
    const routes = await documentedRoutes(gateway);
    const answers = new Map<string, number>();
    for (const { method, path, parameters } of routes) {
      if (parameters.length === 0 || !path.startsWith('/v1/')) continue;
      const asked = path.replaceAll(/\{\w+\}/g, 'a%00b');
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      answers.set(`${method} ${asked}`, await statusOf(method, asked, body));
    }
    answers.set('files', (await admin.call('GET', '/v1/agents/default/files?user_id=a%00b')).status);
    expect(answers.size).toBeGreaterThan(50);
    expect(failed(answers)).toEqual([]);
  });
});
