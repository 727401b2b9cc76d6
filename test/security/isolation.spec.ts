import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Actor } from '../support/actor.js';
import { documentedCalls, documentedRoutes } from '../support/api-documents.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { type ReceivedRequest, type ReplyLike, ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

/** Two companies and somebody who belongs to neither. Whatever a company makes holds its mark. */
const MARKS = { acme: mark(), globex: mark() };
const ANN = 'tenant.acme.user.ann';
const BOB = 'tenant.globex.user.bob';
const EVE = 'tenant.evil.user.eve';
const ROUNDS = 2;

interface Company {
  readonly name: 'acme' | 'globex';
  readonly actor: Actor;
  readonly userId: string;
  /** Everything that can be named: ids, keys, names. */
  readonly handles: Set<string>;
}

let database: TestDatabase;
let llm: ScriptedLlm;
let gateway: RunningGateway;
let admin: Actor;
let acme: Company;
let globex: Company;
let eve: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  llm = await ScriptedLlm.start();
  llm.respond(answerOf);
  gateway = await startGateway({
    llm,
    dsn: database.dsn,
    config: { gateway: { rate_limit_rpm: 0 } },
    env: { GOCLAW_ENCRYPTION_KEY: randomBytes(32).toString('hex') },
  });
  admin = await Actor.enter(gateway, { token: gateway.token, userId: 'admin' });
  acme = await company('acme', ANN);
  globex = await company('globex', BOB);
  eve = await Actor.enter(gateway, { token: await keyOf(EVE) });
});
afterAll(async () => {
  for (const actor of [admin, acme?.actor, globex?.actor, eve]) actor?.[Symbol.dispose]();
  await gateway?.[Symbol.asyncDispose]();
  await llm?.[Symbol.asyncDispose]();
  await database?.drop();
});

function mark(): string {
  return `MARK${randomBytes(8).toString('hex')}`;
}

/** Does with files what it is told, and repeats everything else. */
function answerOf(request: ReceivedRequest): ReplyLike {
  const { messages } = request;
  const last = messages.at(-1);
  if (last?.role === 'tool') return `The file says: ${last.text}`;
  const [, verb, path = '', content = ''] =
    /^(write|read) (\S+) ?(.*)$/.exec(last?.text.split('\n').at(-1) ?? '') ?? [];
  if (verb === 'write') return { toolCalls: [{ name: 'write_file', arguments: { path, content } }] };
  if (verb === 'read') return { toolCalls: [{ name: 'read_file', arguments: { path } }] };
  return `You said: ${last?.text}`;
}

async function keyOf(user_id: string): Promise<string> {
  const { key } = await admin.done('POST', '/v1/api-keys', {
    name: `key of ${user_id}`,
    role: 'operator',
    user_id,
  });
  return String(key);
}

/** A person of a company with an agent, and whatever an agent can have. */
async function company(name: Company['name'], userId: string): Promise<Company> {
  const sign = MARKS[name];
  const actor = await Actor.enter(gateway, { token: await keyOf(userId) });
  const handles = new Set<string>([userId, `${name}-desk`]);
  const keep = (object: Record<string, unknown>): void => collect(object, handles);
  keep(
    await admin.done('POST', '/v1/agents', {
      agent_key: `${name}-desk`,
      display_name: `Desk ${sign}`,
      owner_id: userId,
      other_config: { identity: { description: sign } },
    }),
  );
  keep(await actor.done('PUT', `/v1/agents/${name}-desk/files/SOUL.md`, { content: `You guard ${sign}.` }));
  keep(await actor.done('POST', `/v1/agents/${name}-desk/shares`, { user_id: `${userId}.colleague` }));
  keep(await actor.done('PUT', `/v1/agents/${name}-desk/overrides/me`, { settings: { temperature: 0.1 } }));
  return { name, actor, userId, handles };
}

/** Everything one does with an agent, round after round. */
async function work({ name, actor, handles }: Company): Promise<void> {
  const agentId = `${name}-desk`;
  const sign = MARKS[name];
  for (let round = 0; round < ROUNDS; round++) {
    const sessionKey = `desk-${round}`;
    const sent = await actor.call('chat.send', {
      agentId,
      sessionKey,
      message: `I am ${sign} ${round}`,
      stream: true,
    });
    collect(sent.payload, handles);
    await actor.call('chat.send', { agentId, sessionKey, message: `write note-${round}.txt ${sign}` });
    await actor.call('sessions.label', { key: sessionKey, label: sign });
    await actor.call('chat.inject', { sessionKey, message: `Injected ${sign}` });
    const model = `goclaw:${agentId}`;
    const messages = [{ role: 'user', content: `HTTP ${sign}` }];
    collect(
      (await actor.http('POST', '/v1/chat/completions', { model, messages, stream: round % 2 === 0 })).body,
      handles,
    );
    collect(
      await actor.done('POST', '/v1/responses', { model, input: `Response ${sign}`, store: true }),
      handles,
    );
    const note = { path: `invoked-${round}.txt`, content: sign };
    collect(
      await actor.done('POST', '/v1/tools/invoke', { agentId, tool: 'write_file', args: note, sessionKey }),
      handles,
    );
    const question = { name: agentId, arguments: { message: `MCP ${sign}`, session: `mcp-${round}` } };
    const asked = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: question };
    const accept = { accept: 'application/json, text/event-stream' };
    expect((await actor.http('POST', '/mcp', asked, accept)).text).toContain(sign);
    for (const path of ['/v1/sessions', '/v1/traces', '/v1/usage', '/v1/agents'])
      collect((await actor.http('GET', path)).body, handles);
  }
}

/** The ids in an answer, at any depth. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (/^([0-9a-f]{8}-[0-9a-f-]{27}|(resp|chatcmpl|run)[-_][\w-]+)$/i.test(value)) into.add(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, into);
  }
}

const foreign = (text: string, own?: Company['name']): string[] =>
  Object.entries(MARKS).flatMap(([name, sign]) => (name !== own && text.includes(sign) ? [name] : []));

/** Without a name in their path they would ask the prober's own agent. */
const OPENS_A_RUN = /^POST \/v1\/(chat\/completions|responses)$/;

describeWithPostgres('two companies and a stranger on one gateway', () => {
  it('share nothing, whatever they do at once and whatever the stranger asks for', async () => {
    const routes = await documentedRoutes(gateway);
    const calls = await documentedCalls(gateway);
    // What everybody may name is nobody's secret.
    const common = new Set<string>();
    collect((await eve.http('GET', '/v1/agents')).body, common);
    const secret = ({ handles }: Company): string[] => [...handles].filter((handle) => !common.has(handle));
    let probes = 0;

    /** Every route and every method, with every handle of the others in every place. */
    const probe = async (
      who: Actor,
      victims: readonly Company[],
      own?: Company['name'],
    ): Promise<string[]> => {
      const leaks: string[] = [];
      const handles = victims.flatMap(secret);
      const note = (what: string, text: string): void => {
        probes += 1;
        if (foreign(text, own).length > 0) leaks.push(`${what}: ${text.slice(0, 300)}`);
      };
      for (const { method, path, parameters } of routes) {
        if (OPENS_A_RUN.test(`${method} ${path}`)) continue;
        const ask = async (handle: string): Promise<void> => {
          const filled = path.replaceAll(/\{\w+\}/g, encodeURIComponent(handle));
          const answer = await who.http(method, filled, method === 'GET' ? undefined : {});
          note(`${method} ${filled}`, answer.text);
          const isFound = parameters.length > 0 && answer.status < 300;
          if (isFound || answer.status >= 500)
            leaks.push(`${method} ${filled}: ${answer.status} ${answer.text.slice(0, 200)}`);
        };
        await Promise.all((parameters.length === 0 ? [''] : handles).map(ask));
      }
      for (const { name, parameters } of calls) {
        if (name === 'connect') continue;
        const ask = async (handle: string): Promise<void> => {
          const params = Object.fromEntries(parameters.map((parameter) => [parameter, handle]));
          note(name, JSON.stringify(await who.call(name, params)));
        };
        await Promise.all((parameters.length === 0 ? [''] : handles).map(ask));
      }
      return leaks;
    };

    await Promise.all([work(acme), work(globex), probe(eve, [acme, globex])]);
    const before = await Promise.all([acme, globex].map(({ actor }) => state(actor)));
    const leaks = [
      ...(await probe(eve, [acme, globex])),
      ...(await probe(globex.actor, [acme], 'globex')),
      ...(await probe(acme.actor, [globex], 'acme')),
    ];
    expect(leaks).toEqual([]);
    expect(await Promise.all([acme, globex].map(({ actor }) => state(actor)))).toEqual(before);

    // A model is told what its user may know, and a file that is not one's own cannot be named.
    for (const path of ['../../acme-desk', '../', '/etc/passwd', 'note-0.txt'])
      await eve.call('chat.send', { message: `read ${path}` });
    expect(eve.seen.filter((text) => foreign(text).length > 0)).toEqual([]);
    expect(acme.actor.seen.filter((text) => foreign(text, 'acme').length > 0)).toEqual([]);
    expect(globex.actor.seen.filter((text) => foreign(text, 'globex').length > 0)).toEqual([]);
    const mixed = llm.requests.filter(({ rawBody }) =>
      Object.values(MARKS).every((sign) => rawBody.includes(sign)),
    );
    expect(mixed).toEqual([]);
    // Each was told its own, so that silence proves something.
    expect(acme.actor.seen.some((text) => text.includes(MARKS.acme))).toBe(true);
    expect(globex.actor.seen.some((text) => text.includes(MARKS.globex))).toBe(true);
    process.stdout.write(
      `isolation: ${probes} probes, ${secret(acme).length + secret(globex).length} handles, ${routes.length} routes, ${calls.length} methods, no leak\n`,
    );
  }, 300_000);
});

/** What a company sees of its own, to notice that somebody changed it. */
async function state(actor: Actor): Promise<unknown> {
  const paths = ['/v1/agents', '/v1/sessions?sort=created_at&limit=200'];
  return Promise.all(paths.map(async (path) => (await actor.http('GET', path)).body));
}
