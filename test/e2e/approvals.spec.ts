import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PendingApproval, ResolvedApproval } from '#protocol';
import { startCli } from '../support/cli/index.js';
import { copyEmbeddedDatabase } from '../support/gateway/embedded-template.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

const REQUESTED = 'exec.approval.requested';
const PATIENCE = { timeout: 20_000 };
const RESOLVED = 'exec.approval.resolved';
const config = {
  tools: {
    exec: { host: true },
    execApproval: { security: 'allowlist', ask: 'on-miss', allowlist: ['git'] },
  },
};

function payloads<T>(socket: RawSocket, name: string): T[] {
  return socket.frames.filter(({ event }) => event === name).map(({ payload }) => payload as T);
}

/** Waits for the next command that the socket is asked about. */
async function asked(socket: RawSocket, command: string): Promise<PendingApproval> {
  const find = (): PendingApproval | undefined =>
    payloads<PendingApproval>(socket, REQUESTED).find((one) => one.command === command);
  await socket.until(() => find() !== undefined, `the question about ${command}`);
  const found = find();
  if (!found) throw new Error('no question');
  return found;
}

async function resolved(socket: RawSocket, id: string): Promise<ResolvedApproval> {
  const find = (): ResolvedApproval | undefined =>
    payloads<ResolvedApproval>(socket, RESOLVED).find((one) => one.id === id);
  await socket.until(() => find() !== undefined, 'the decision');
  const found = find();
  if (!found) throw new Error('no decision');
  return found;
}

function wants(llm: ScriptedLlm, command: string, id = 'call-1'): void {
  llm.replyToolCalls([{ id, name: 'exec', arguments: { command } }]).reply('Done.');
}

/** The last result of a tool that the model was given. */
function toldModel(llm: ScriptedLlm): string {
  return JSON.stringify(llm.lastRequest.messages.findLast(({ role }) => role === 'tool'));
}

describe('approvals over a socket', () => {
  let gateway: RunningGateway;
  let llm: ScriptedLlm;
  let user: RawSocket;

  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ llm, config });
    user = await RawSocket.connect(gateway);
  });
  afterAll(async () => {
    user[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  it('tell of a command, take the decision, and tell of that', async () => {
    wants(llm, 'touch one');
    const sent = user.begin('chat.send', { message: 'Go' });
    const question = await asked(user, 'touch one');
    expect(question).toMatchObject({
      entries: ['touch one'],
      reason: 'Not listed: touch one',
      tool: 'exec',
      place: 'host',
      canAlways: true,
      agentId: 'default',
      userId: 'local',
      sessionKey: expect.stringContaining('agent:default:'),
      runId: expect.any(String),
    });
    expect(question.expiresAt - question.createdAt).toBe(120_000);
    expect(await user.result('exec.approval.list')).toEqual({ pending: [question] });
    expect(existsSync(join(gateway.workspace, 'one'))).toBe(false);
    expect(await user.result('exec.approval.approve', { id: question.id })).toEqual({
      resolved: true,
      decision: 'allow-once',
    });
    expect(await resolved(user, question.id)).toMatchObject({
      decision: 'allow-once',
      runId: question.runId,
    });
    expect(await user.answer(sent)).toMatchObject({
      ok: true,
      payload: { status: 'completed', content: 'Done.' },
    });
    expect(existsSync(join(gateway.workspace, 'one'))).toBe(true);
    expect(await user.result('exec.approval.list')).toEqual({ pending: [] });
    expect(await user.refusal('exec.approval.deny', { id: question.id })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
    expect(await user.refusal('exec.approval.approve', { id: 'exec-1' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await user.refusal('exec.approval.approve', {})).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('keep a command that is denied from starting', async () => {
    wants(llm, 'touch two');
    const sent = user.begin('chat.send', { message: 'Go' });
    const { id } = await asked(user, 'touch two');
    expect(await user.result('exec.approval.deny', { id })).toEqual({ resolved: true, decision: 'deny' });
    expect(await user.answer(sent)).toMatchObject({ ok: true });
    expect(toldModel(llm)).toContain('A person denied this command');
    expect(existsSync(join(gateway.workspace, 'two'))).toBe(false);
  });

  it('are not asked for again once allowed for good, until that is revoked', async () => {
    wants(llm, 'touch three');
    const sent = user.begin('chat.send', { message: 'Go' });
    const { id } = await asked(user, 'touch three');
    expect(await user.result('exec.approval.approve', { id, always: true })).toMatchObject({
      decision: 'allow-always',
    });
    await user.answer(sent);
    wants(llm, 'touch three');
    await user.result('chat.send', { message: 'Again' });
    expect(toldModel(llm)).not.toContain('not started');
    const { allowances } = (await user.result('exec.allowance.list')) as { allowances: { id: string }[] };
    expect(allowances).toMatchObject([
      { command: 'touch three', tool: 'exec', place: 'host', agentId: 'default' },
    ]);
    expect(await user.result('exec.allowance.revoke', { id: allowances[0]?.id })).toEqual({ revoked: true });
    expect(await user.result('exec.allowance.list')).toEqual({ allowances: [] });
    wants(llm, 'touch three', 'call-2');
    const again = user.begin('chat.send', { message: 'And again' });
    await expect
      .poll(
        () => payloads<PendingApproval>(user, REQUESTED).filter((one) => one.command === 'touch three'),
        PATIENCE,
      )
      .toHaveLength(2);
    const { pending } = (await user.result('exec.approval.list')) as { pending: { id: string }[] };
    await user.result('exec.approval.deny', { id: pending[0]?.id });
    await user.answer(again);
  });

  it('are shown by goclaw chat', async () => {
    wants(llm, 'touch four');
    const env = {
      GOCLAW_CONFIG: gateway.configPath,
      GOCLAW_DATA_DIR: gateway.dataDir,
      GOCLAW_GATEWAY_TOKEN: gateway.token,
      GOCLAW_PORT: new URL(gateway.url).port,
    };
    const chat = startCli(['chat', '-s', 'approving', '-m', 'Go'], { env });
    await chat.until(/wants to run this on the gateway’s machine \(exec\):\n {2}touch four/);
    const { id } = await asked(user, 'touch four');
    await user.result('exec.approval.approve', { id });
    expect(await chat.done).toMatchObject({ code: 0, stdout: 'Done.\n' });
    expect(existsSync(join(gateway.workspace, 'four'))).toBe(true);
  });
});

describe('approvals among several users', () => {
  let gateway: RunningGateway;
  let llm: ScriptedLlm;
  let admin: RestClient;
  let ann: RestClient;
  let bob: RestClient;
  /** May chat, and may not approve. */
  let clerk: RestClient;

  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ llm, mode: 'managed', config });
    admin = RestClient.admin(gateway);
    const scopes = ['operator.read', 'operator.write', 'operator.approvals'];
    ann = await keyOf('ann', scopes);
    bob = await keyOf('bob', scopes);
    clerk = await keyOf('clerk', ['operator.read', 'operator.write']);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  async function keyOf(userId: string, scopes: string[]): Promise<RestClient> {
    const terms = { name: userId, role: 'operator', user_id: userId, scopes };
    const { key } = await admin.done('POST', '/v1/api-keys', terms);
    return new RestClient(gateway, String(key), undefined);
  }

  it('wait no longer than whoever called a tool by hand', async () => {
    using own = await RawSocket.connect(ann.entry);
    const gone = new AbortController();
    const called = fetch(`${gateway.url}/v1/tools/invoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tool: 'exec', args: { command: 'touch by-hand' } }),
      signal: gone.signal,
    });
    const { id } = await asked(own, 'touch by-hand');
    gone.abort();
    await expect(called).rejects.toThrow();
    await resolved(own, id);
    expect(await own.refusal('exec.approval.approve', { id })).toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('are not needed for listed commands; calls by hand of a user share those in the background', async () => {
    const invoke = (who: RestClient, tool: string, args: object) =>
      who.done('POST', '/v1/tools/invoke', { tool, args });
    await invoke(ann, 'exec', { command: 'git --version', background: true, yield_ms: 0 });
    expect(JSON.stringify(await invoke(ann, 'process', { action: 'list' }))).toContain('git --version');
    expect(JSON.stringify(await invoke(bob, 'process', { action: 'list' }))).not.toContain('git --version');
  });

  it('are told to the user of the run and to admins that hear all, and to nobody else', async () => {
    using own = await RawSocket.connect(ann.entry);
    using other = await RawSocket.connect(bob.entry);
    using watching = await RawSocket.connect(gateway, 'root');
    using silent = await RawSocket.connect(gateway, 'root');
    await watching.result('events.subscribe', { all: true });
    wants(llm, 'touch a');
    const sent = own.begin('chat.send', { message: 'Go' });
    const { id } = await asked(own, 'touch a');
    await asked(watching, 'touch a');
    expect(await other.result('exec.approval.list')).toEqual({ pending: [] });
    for (const method of ['exec.approval.approve', 'exec.approval.deny'])
      expect(await other.refusal(method, { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await bob.call('GET', `/v1/approvals/${id}`)).toMatchObject({ status: 404 });
    expect(await bob.call('POST', `/v1/approvals/${id}/approve`, {})).toMatchObject({ status: 404 });
    expect(await silent.result('exec.approval.list')).toMatchObject({ pending: [{ id, userId: 'ann' }] });
    await silent.result('exec.approval.approve', { id });
    expect(await own.answer(sent)).toMatchObject({ ok: true });
    expect(await resolved(own, id)).toMatchObject({ decision: 'allow-once', decidedBy: 'root' });
    await resolved(watching, id);
    for (const socket of [other, silent])
      expect([...payloads(socket, REQUESTED), ...payloads(socket, RESOLVED)]).toEqual([]);
  });

  it('are refused at once when nobody is connected who may give one, and are nothing for those who may not', async () => {
    wants(llm, 'touch b');
    using socket = await RawSocket.connect(clerk.entry);
    const { payload } = await socket.request('chat.send', { message: 'Go' });
    expect(payload).toMatchObject({ status: 'completed' });
    expect(toldModel(llm)).toContain('nobody is connected who may give one');
    for (const method of ['exec.approval.list', 'exec.allowance.list'])
      expect(await socket.refusal(method)).toMatchObject({ details: { reason: 'scope' } });
    expect(payloads(socket, REQUESTED)).toEqual([]);
  });

  it('are given and refused over REST, listed by page, and told of in the audit log', async () => {
    using own = await RawSocket.connect(ann.entry);
    for (const [command, verb] of [
      ['touch c', 'approve'],
      ['touch d', 'deny'],
    ] as const) {
      wants(llm, command);
      const sent = own.begin('chat.send', { message: 'Go' });
      const { id } = await asked(own, command);
      const waiting = await ann.done('GET', '/v1/approvals?state=pending');
      expect(waiting).toMatchObject({
        approvals: [{ id, command, can_always: true, user_id: 'ann' }],
        total: 1,
      });
      const body = verb === 'approve' ? { always: true } : undefined;
      expect(await ann.done('POST', `/v1/approvals/${id}/${verb}`, body)).toMatchObject({
        id,
        decided_by: 'ann',
      });
      expect(await ann.call('POST', `/v1/approvals/${id}/${verb}`, body)).toMatchObject({ status: 412 });
      await own.answer(sent);
      expect(await admin.done('GET', `/v1/audit?action=approval.${verb}&target_id=${id}`)).toMatchObject({
        entries: [{ user_id: 'ann', details: { command } }],
      });
    }
    const first = await ann.done('GET', '/v1/approvals?limit=1');
    expect(first).toMatchObject({ approvals: [{ command: 'touch d', state: 'denied', decision: 'deny' }] });
    const second = await ann.done('GET', `/v1/approvals?limit=1&after=${String(first['next'])}`);
    expect(second).toMatchObject({ approvals: [{ command: 'touch c', used_at: expect.any(String) }] });
    expect(await bob.done('GET', '/v1/approvals?user_id=ann')).toMatchObject({ approvals: [] });
    const { allowances } = (await admin.done('GET', '/v1/exec-allowances?user_id=ann')) as {
      allowances: { id: string }[];
    };
    expect(allowances).toMatchObject([{ command: 'touch c', created_by: 'ann' }]);
    const path = `/v1/exec-allowances/${allowances[0]?.id}`;
    expect(await bob.call('DELETE', path)).toMatchObject({ status: 404 });
    expect(await admin.done('DELETE', path)).toMatchObject({ status: 'revoked' });
    expect(await ann.done('GET', '/v1/exec-allowances')).toMatchObject({ allowances: [] });
    expect(await ann.call('GET', '/v1/approvals?state=nonsense')).toMatchObject({ status: 400 });
  });
});

describe('an approval, when the gateway is killed', () => {
  it('is waited for by the next one, and the command is started once', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-approval-'));
    copyEmbeddedDatabase(dataDir);
    await using llm = await ScriptedLlm.start();
    const command = 'echo once >> log';
    wants(llm, command);
    const first = await startGateway({ llm, config, dataDir });
    const before = await RawSocket.connect(first);
    before.begin('chat.send', { message: 'Go', idempotencyKey: 'go' });
    const { id } = await asked(before, command);
    await first.kill();
    await using second = await startGateway({ llm, config, dataDir });
    using after = await RawSocket.connect(second);
    const resumed = after.begin('chat.resume', { idempotencyKey: 'go' });
    await expect
      .poll(async () => (await after.result('exec.approval.list'))['pending'], PATIENCE)
      .toMatchObject([{ id }]);
    await after.result('exec.approval.approve', { id });
    expect(await after.answer(resumed)).toMatchObject({ ok: true, payload: { status: 'completed' } });
    expect(readFileSync(join(second.workspace, 'log'), 'utf8')).toBe('once\n');
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
