import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Actor } from '../support/actor.js';
import { documentedCalls, documentedRoutes } from '../support/api-documents.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

/** Secrets of every kind that a gateway is given, each of which could be recognised anywhere. */
const CANARIES = {
  encryptionKey: randomBytes(32).toString('hex'),
  providerOfTheEnvironment: canary(),
  providerOfTheDatabase: canary(),
  providerBeforeItsChange: canary(),
  identitySecret: canary(),
  mcpKey: canary(),
  mcpEnv: canary(),
  mcpHeader: canary(),
  toolEnv: canary(),
  channelToken: canary(),
  configSecret: canary(),
};

let database: TestDatabase;
let llm: ScriptedLlm;
let gateway: RunningGateway;
let admin: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  llm = await ScriptedLlm.start();
  llm.respond(() => 'Answered.');
  gateway = await startGateway({
    llm,
    dsn: database.dsn,
    env: {
      GOCLAW_ENCRYPTION_KEY: CANARIES.encryptionKey,
      GOCLAW_OPENAI_API_KEY: CANARIES.providerOfTheEnvironment,
      GOCLAW_LOG_LEVEL: 'debug',
    },
  });
  admin = await Actor.enter(gateway, { token: gateway.token, userId: 'admin' });
});
afterAll(async () => {
  admin?.[Symbol.dispose]();
  await gateway?.[Symbol.asyncDispose]();
  await llm?.[Symbol.asyncDispose]();
  await database?.drop();
});

function canary(): string {
  return `canary-${randomBytes(16).toString('hex')}`;
}

/** A secret in the forms in which it could have got somewhere. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    secret.toUpperCase(),
    bytes.toString('hex'),
    // Base64 of what stands before it is unknown, so the middle is looked for in all three alignments.
    ...[0, 1, 2].map((shift) =>
      bytes
        .subarray(shift, shift + 24)
        .toString('base64')
        .slice(0, 31),
    ),
  ];
}

function found(text: string): string[] {
  return Object.entries(CANARIES)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name);
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

async function tables(dsn: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: Record<string, string> = {};
    for (const { name } of rows) {
      const all = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts[name] = all.rows.map(({ row }) => row).join('\n');
    }
    return texts;
  } finally {
    await client.end();
  }
}

/** Everything an admin does that has to do with secrets, mistakes among it. */
async function administer(): Promise<void> {
  const provider = await admin.done('POST', '/v1/providers', {
    name: 'scripted',
    provider_type: 'openai_compat',
    api_base: llm.openaiUrl,
    api_key: CANARIES.providerBeforeItsChange,
  });
  await admin.done('PATCH', `/v1/providers/${String(provider['id'])}`, {
    api_key: CANARIES.providerOfTheDatabase,
  });
  await admin.done('POST', `/v1/providers/${String(provider['id'])}/test`, {});
  await admin.http('POST', '/v1/providers', { name: 'scripted', api_key: CANARIES.providerOfTheDatabase });
  await admin.http('POST', '/v1/providers', { name: 'NOT A SLUG', api_key: CANARIES.providerOfTheDatabase });
  await admin.http('POST', '/v1/providers/test', {
    name: 'nowhere',
    api_base: 'http://127.0.0.1:9/v1',
    api_key: CANARIES.providerOfTheDatabase,
  });
  await admin.done('POST', '/v1/mcp/servers', {
    name: 'canary-mcp',
    transport: 'stdio',
    command: 'true',
    api_key: CANARIES.mcpKey,
    env: { TOKEN: CANARIES.mcpEnv },
    headers: { Authorization: `Bearer ${CANARIES.mcpHeader}` },
  });
  await admin.done('POST', '/v1/tools/custom', {
    name: 'canary_tool',
    description: 'Greets.',
    command: 'echo hello',
    env: { TOKEN: CANARIES.toolEnv },
  });
  const agents = await admin.done('GET', '/v1/agents');
  const [agent] = agents['agents'] as { id: string }[];
  await admin.done('POST', '/v1/channels/instances', {
    name: 'canary-telegram',
    channel_type: 'telegram',
    agent_id: agent?.id,
    credentials: { token: CANARIES.channelToken },
  });
  await admin.done('PATCH', '/v1/config', { providers: { groq: { api_key: CANARIES.configSecret } } });
  await admin.http('PATCH', '/v1/config', {
    providers: { groq: { api_key: CANARIES.configSecret, nonsense: 1 } },
  });
  await admin.http('PATCH', '/v1/config', {
    gateway: { identity: { hmac_secret: CANARIES.identitySecret, issuer: 5 } },
  });
}

describeWithPostgres('known secrets', () => {
  it('are found nowhere in clear after everything was used', async () => {
    await administer();
    await admin.call('chat.send', { message: 'Hello?' });
    await admin.done('POST', '/v1/chat/completions', { messages: [{ role: 'user', content: 'Hello?' }] });
    for (const { method, path, parameters } of await documentedRoutes(gateway))
      if (method === 'GET' && parameters.length === 0) await admin.http('GET', path);
    for (const list of ['providers', 'mcp/servers', 'tools/custom', 'channels/instances', 'traces']) {
      const [rows] = Object.values(await admin.done('GET', `/v1/${list}`));
      for (const { id } of rows as { id: string }[]) await admin.http('GET', `/v1/${list}/${id}`);
    }
    for (const { name, parameters } of await documentedCalls(gateway))
      if (name !== 'connect' && parameters.length === 0) await admin.call(name);
    const config = await admin.call('config.get');
    expect(config.ok).toBe(true);
    await gateway.stop();

    const places: Record<string, string> = {
      ...Object.fromEntries(admin.seen.map((text, index) => [`answer ${index}: ${text.slice(0, 80)}`, text])),
      ...(await tables(database.dsn)),
      ...Object.fromEntries(filesOf(gateway.dataDir).map((path) => [path, readFileSync(path, 'latin1')])),
      stdout: gateway.output,
      stderr: gateway.logs,
      models: llm.requests.map(({ rawBody }) => rawBody).join('\n'),
    };
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      found(text).map((name) => `${name} in ${place}`),
    );
    expect(leaks).toEqual([]);

    // They were really in use: silence of a search that looks for the wrong thing proves nothing.
    const used = llm.requests.map(({ apiKey }) => apiKey);
    expect(used).toContain(CANARIES.providerOfTheEnvironment);
    const sealed = Object.values(places).filter((text) => text.includes('aes-gcm:'));
    expect(sealed.length).toBeGreaterThan(3);
    process.stdout.write(
      `canaries: ${Object.keys(CANARIES).length} secrets, ${Object.keys(places).length} places, none found\n`,
    );
  }, 120_000);
});
