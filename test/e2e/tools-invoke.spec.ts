import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoClawClient } from '#client';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RestClient } from '../support/rest.js';

const INVOKE = '/v1/tools/invoke';

let gateway: RunningGateway;
let admin: RestClient;
let ann: RestClient;
let bob: RestClient;

const agent = (agent_key: string, tools_config: object = {}) =>
  RestClient.admin(gateway, 'ann').done('POST', '/v1/agents', { agent_key, tools_config });

beforeAll(async () => {
  gateway = await startGateway({
    mode: 'managed',
    config: {
      gateway: { rate_limits: { tools: { glob: { per_hour: 2 } } } },
      tools: { deny: ['glob'], byChannel: { telegram: { allow: ['read_file'] } } },
    },
  });
  admin = RestClient.admin(gateway);
  ann = await admin.bound('ann');
  bob = await admin.bound('bob');
  await agent('anns');
  await agent('readers', { deny: ['write_file'] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('A tool that is called without a model', () => {
  it('works in the workspace of the caller, and of nobody else', async () => {
    const file = { path: 'note.md', content: 'of ann' };
    const written = await ann.call('POST', INVOKE, { tool: 'write_file', args: file });
    expect(written.status).toBe(200);
    expect(written.body['result']).toMatchObject({
      output: expect.stringContaining('note.md') as string,
      forUser: expect.any(String) as string,
      metadata: { traceId: expect.any(String) as string },
    });
    const read = { tool: 'read_file', args: { path: 'note.md' } };
    expect((await ann.done('POST', INVOKE, read))['result']).toMatchObject({
      output: expect.stringContaining('of ann') as string,
    });
    expect(await bob.call('POST', INVOKE, read)).toMatchObject({
      status: 400,
      body: { error: { code: 'TOOL_ERROR', message: expect.stringContaining('note.md') as string } },
    });
  });

  it('is one of an agent that the caller may use; another one is not found', async () => {
    const read = { tool: 'list_files', args: {}, agentId: 'anns' };
    expect((await ann.call('POST', INVOKE, read)).status).toBe(200);
    expect(await bob.refusal('POST', INVOKE, read)).toMatch(/^404 agent not found/);
    expect(await bob.refusal('POST', INVOKE, { ...read, dryRun: true })).toMatch(/^404 /);
    const ofSession = { tool: 'list_files', sessionKey: 'agent:anns:ws:direct:bob' };
    expect(await bob.refusal('POST', INVOKE, ofSession)).toMatch(/^404 /);
    expect(await ann.refusal('POST', INVOKE, { ...ofSession, agentId: 'readers' })).toMatch(
      /^400 .*belongs to/,
    );
  });

  it('obeys the policy of all, and of the agent, and has its arguments checked', async () => {
    expect(await ann.refusal('POST', INVOKE, { tool: 'glob', args: { pattern: '*' } })).toMatch(
      /^400 .*not allowed here \(by global\.deny\)/,
    );
    const write = { tool: 'write_file', args: { path: 'a', content: 'b' }, agentId: 'readers' };
    expect(await ann.refusal('POST', INVOKE, write)).toMatch(/by agent\.deny/);
    expect(await ann.refusal('POST', INVOKE, { tool: 'read_file', args: { path: 1 } })).toMatch(
      /^400 .*arguments do not fit read_file/,
    );
    expect(await ann.refusal('POST', INVOKE, { tool: 'raed_file' })).toMatch(/^400 unknown tool.*read_file/);
    expect(await ann.refusal('POST', INVOKE, { args: {} })).toBe('400 tool is required.');
    expect(await ann.refusal('POST', INVOKE, { tool: 'read_file', args: [] })).toBe(
      '400 args must be an object.',
    );
  });

  it('is only described in a dry run, with whether it may be called', async () => {
    const look = (body: object) => ann.call('POST', INVOKE, { ...body, dryRun: true });
    const write = await look({ tool: 'write_file', args: { path: 'dry.md', content: 'x' } });
    expect(write.body).toMatchObject({
      tool: 'write_file',
      dryRun: true,
      available: true,
      description: expect.any(String) as string,
      parameters: { type: 'object' },
    });
    expect((await look({ tool: 'write_file', agentId: 'readers' })).body).toMatchObject({
      available: false,
      step: 'agent.deny',
    });
    expect((await look({ tool: 'nothing' })).status).toBe(404);
    expect(await ann.refusal('POST', INVOKE, { tool: 'read_file', args: { path: 'dry.md' } })).toMatch(
      /^400 /,
    );
  });

  it('leaves a trace with a span, and an entry in the audit log', async () => {
    const { result } = await ann.done('POST', INVOKE, { tool: 'list_files', args: {} });
    const { metadata } = result as { metadata: { traceId: string } };
    await expect
      .poll(async () => (await ann.call('GET', `/v1/traces/${metadata.traceId}`)).body, { timeout: 20_000 })
      .toMatchObject({
        spans: expect.arrayContaining([expect.objectContaining({ tool_name: 'list_files' })]) as [],
      });
    await expect
      .poll(async () => JSON.stringify((await admin.done('GET', '/v1/audit?action=tool.invoke'))['entries']))
      .toContain(metadata.traceId);
  });

  it('is not for viewers', async () => {
    const viewer = await admin.bound('ann', 'viewer');
    expect(await viewer.refusal('POST', INVOKE, { tool: 'list_files' })).toMatch(/^403 /);
  });
});

describe('Why an agent has a tool', () => {
  it('is told over REST, for all tools or for one', async () => {
    const all = await ann.done('GET', '/v1/agents/readers/tools');
    expect(all['tools']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'read_file',
          available: true,
          step: 'default',
          source: 'ReadFileTool',
        }),
        expect.objectContaining({ name: 'write_file', available: false, step: 'agent.deny' }),
        expect.objectContaining({ name: 'glob', available: false, step: 'global.deny' }),
      ]),
    );
    const telegram = await ann.done('GET', '/v1/agents/readers/tools/list_files?channel=telegram');
    expect(telegram).toMatchObject({
      available: false,
      step: 'channel.allow',
      reason: 'tools.byChannel.telegram.allow does not name it. Add it there.',
    });
    const missing = await ann.done('GET', '/v1/agents/readers/tools/lst_files');
    expect(missing).toMatchObject({ available: false, step: 'unknown' });
    expect(missing['reason']).toContain('Did you mean list_files');
    expect(await bob.refusal('GET', '/v1/agents/anns/tools')).toMatch(/^404 /);
  });

  it('may be the place: commands have none in managed mode without a sandbox', async () => {
    expect(await ann.done('GET', '/v1/agents/readers/tools/exec')).toMatchObject({
      available: false,
      step: 'place',
      reason: expect.stringContaining('set tools.exec.host to true') as string,
    });
    expect(await ann.done('GET', '/v1/agents/readers/tools/read_file')).toMatchObject({ available: true });
  });

  it('is told over the socket', async () => {
    const client = new GoClawClient({ url: gateway.wsUrl, token: ann.token });
    const { tools } = await client.call('tools.explain', { agentId: 'readers', name: 'bash' });
    expect(tools).toEqual([expect.objectContaining({ name: 'exec' })]);
    const all = await client.call('tools.explain', {});
    expect(all.tools.length).toBeGreaterThan(5);
    await expect(client.call('tools.explain', { agentId: 'nobodys' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    client.close();
  });
});
