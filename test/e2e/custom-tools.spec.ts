import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const SECRET = 'canary-of-a-custom-tool-0123456789';
const WORD = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] };
const CUSTOM = '/v1/tools/custom';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let admin: RestClient;
let ann: RestClient;
let otherAgent: string;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ llm, mode: 'managed', config: { tools: { exec: { host: true } } } });
  admin = RestClient.admin(gateway);
  ann = await admin.bound('ann');
  otherAgent = String(
    (await RestClient.admin(gateway, 'ann').done('POST', '/v1/agents', { agent_key: 'other' }))['id'],
  );
});
afterAll(async () => {
  expect(`${gateway.logs}${gateway.output}`).not.toContain(SECRET);
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

async function make(name: string, values: object = {}): Promise<string> {
  const tool = { name, command: 'echo said {{.word}}', parameters: WORD, enabled: true, ...values };
  return String((await admin.done('POST', CUSTOM, tool))['id']);
}

/** What a model gets back that calls the tool; `undefined` when it is not even shown to it. */
async function called(name: string, args: object, agent = 'default'): Promise<string | undefined> {
  llm.replyToolCalls([{ name, arguments: { ...args } }]).reply('Done.');
  const { length: before } = llm.requests;
  await ann.ask(agent);
  const [first, second] = llm.requests.slice(before);
  const tools = (first?.body['tools'] ?? []) as { function: { name: string } }[];
  if (!tools.some((tool) => tool.function.name === name)) return undefined;
  const messages = (second?.body['messages'] ?? []) as { role: string; content: string }[];
  return messages.findLast(({ role }) => role === 'tool')?.content;
}

describe('A custom tool', () => {
  it('is offered to the model with its schema, and runs with its arguments as words', async () => {
    await make('say', { description: 'Says a word.' });
    expect(await called('say', { word: `it's $(id); echo more` })).toBe(`said it's $(id); echo more`);
    expect(await called('say', { wrong: 1 })).toContain('arguments do not fit say');
  });

  it('has its variables beside a minimal environment, and nobody sees their values', async () => {
    await make('env_of_tool', {
      command: 'echo "$TOKEN" ${#TOKEN} "$PATH"; env',
      parameters: { type: 'object', properties: {} },
      env: { TOKEN: SECRET },
    });
    const said = await called('env_of_tool', {});
    expect(said).toContain(`*** ${SECRET.length} /`);
    for (const own of ['GOCLAW_GATEWAY_TOKEN', gateway.token]) expect(said).not.toContain(own);
    expect(JSON.stringify(llm.requests.map(({ body }) => body))).not.toContain(SECRET);
    const traces = await admin.done('GET', '/v1/traces');
    expect(JSON.stringify(traces)).not.toContain(SECRET);
  });

  it('is stopped at its limit, and denied what no command may', async () => {
    await make('slow', { command: 'sleep 30 # {{.word}}', timeout_seconds: 1 });
    expect(await called('slow', { word: 'x' })).toMatch(/timed out|limit/i);
    await make('wipe', { command: 'rm -rf {{.word}}' });
    expect(await called('wipe', { word: '/' })).toMatch(/denied|refused|not allowed/i);
  });

  it('is changed, disabled and deleted while the gateway runs', async () => {
    const id = await make('shifting');
    expect(await called('shifting', { word: 'a' })).toBe('said a');
    await admin.done('PATCH', `${CUSTOM}/${id}`, { command: 'echo shouted {{.word}}' });
    expect(await called('shifting', { word: 'a' })).toBe('shouted a');
    await admin.done('PATCH', `${CUSTOM}/${id}`, { enabled: false });
    expect(await called('shifting', { word: 'a' })).toBeUndefined();
    await admin.done('PATCH', `${CUSTOM}/${id}`, { enabled: true });
    expect(await called('shifting', { word: 'a' })).toBe('shouted a');
    await admin.done('DELETE', `${CUSTOM}/${id}`);
    expect(await called('shifting', { word: 'a' })).toBeUndefined();
  });

  it('of an agent goes before that of all agents, for that agent alone', async () => {
    await make('whose', { command: 'echo of all {{.word}}' });
    await make('whose', { command: 'echo of other {{.word}}', agent_id: otherAgent });
    expect(await called('whose', { word: '' }, 'other')).toBe('of other');
    expect(await called('whose', { word: '' })).toBe('of all');
  });

  it('may not have the name of a tool of the gateway, nor another name of one', async () => {
    for (const name of ['exec', 'bash', 'cron'])
      expect(await admin.refusal('POST', CUSTOM, { name, command: 'true' })).toMatch(
        /^409 .*Choose another name/,
      );
  });

  it('is tried by an admin before anybody has it', async () => {
    const id = await make('draft', { enabled: false });
    const trial = await admin.done('POST', `${CUSTOM}/${id}/test`, { args: { word: 'hi' } });
    expect(trial['result']).toMatchObject({ output: 'said hi' });
    expect(await admin.refusal('POST', `${CUSTOM}/${id}/test`, { args: {} })).toMatch(
      /^400 .*do not fit draft/,
    );
    expect(await ann.refusal('POST', `${CUSTOM}/${id}/test`, { args: {} })).toMatch(/^403 /);
    expect(await called('draft', { word: 'x' })).toBeUndefined();
    const of = await make('draft_of_other', { enabled: false, agent_id: otherAgent });
    expect(
      await RestClient.admin(gateway, 'ann').call('POST', `${CUSTOM}/${of}/test`, { args: { word: 'x' } }),
    ).toMatchObject({ status: 200 });
  });

  it('is called over tools/invoke, and explained', async () => {
    await make('handy');
    const invoked = await ann.done('POST', '/v1/tools/invoke', { tool: 'handy', args: { word: 'x' } });
    expect(invoked['result']).toMatchObject({ output: 'said x' });
    expect(await ann.done('GET', '/v1/agents/default/tools/handy')).toMatchObject({
      available: true,
      source: 'custom',
      groups: ['custom'],
    });
  });
});

describe('A custom tool, where commands are approved', () => {
  it('asks like exec, and runs when it was allowed', async () => {
    const config = { tools: { exec: { host: true }, execApproval: { security: 'full', ask: 'always' } } };
    await using strict = await startGateway({ mode: 'managed', config });
    const root = RestClient.admin(strict);
    const tool = { name: 'say', command: 'echo said {{.word}}', parameters: WORD, enabled: true };
    await root.done('POST', CUSTOM, tool);
    const asked = { tool: 'say', args: { word: 'x' } };
    expect(await root.refusal('POST', '/v1/tools/invoke', asked)).toMatch(/^400 .*approv/i);
    using approver = await RawSocket.connect(strict, 'root');
    expect(approver).toBeDefined();
    const answer = root.done('POST', '/v1/tools/invoke', asked);
    const pending = async () =>
      (await root.done('GET', '/v1/approvals?state=pending'))['approvals'] as { id: string }[];
    await expect.poll(pending).toEqual([expect.objectContaining({ tool: 'say', command: "echo said 'x'" })]);
    const [approval] = await pending();
    await root.done('POST', `/v1/approvals/${approval?.id}/approve`, {});
    expect((await answer)['result']).toMatchObject({ output: 'said x' });
  });
});
