import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli, TcpProxy } from '../support/cli/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
/** As on the machine of the gateway: the configuration and the token are at hand. */
let env: Record<string, string>;

function envOf(running: RunningGateway): Record<string, string> {
  return {
    GOCLAW_CONFIG: running.configPath,
    GOCLAW_DATA_DIR: running.dataDir,
    GOCLAW_GATEWAY_TOKEN: running.token,
    GOCLAW_PORT: new URL(running.url).port,
  };
}

describe('goclaw chat', () => {
  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ llm });
    env = envOf(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    llm.expectAllUsed();
    await llm.close();
  });

  it('asks once and prints the answer alone', async () => {
    llm.reply({ text: ['Good', ' morning.'] });
    expect(await runCli(['chat', '-m', 'Hello'], { env })).toEqual({
      code: 0,
      stdout: 'Good morning.\n',
      stderr: '',
    });
    expect(saidTo(llm)).toEqual(['Hello']);
  });

  it('shows each tool call as one line with its outcome, beside the answer', async () => {
    const calls = [
      { name: 'list_files', arguments: { path: '.' } },
      { name: 'read_file', arguments: { path: 'missing.txt' } },
    ];
    llm.replyToolCalls(calls, { text: 'Looking.' }).reply('Nothing there.');
    expect(await runCli(['chat', '-m', 'Look around'], { env })).toEqual({
      code: 0,
      stdout: 'Looking.\n\nNothing there.\n',
      stderr: 'tool list_files: ok\ntool read_file: failed\n',
    });
  });

  it('holds a conversation over a pipe, and goes on with it the next time', async () => {
    llm.reply('One.').reply('Two.');
    const first = await runCli(['chat', '-s', 'pipe'], {
      env,
      input: 'first\n\n  second  \nexit\nnever sent\n',
    });
    expect(first).toEqual({ code: 0, stdout: 'One.\nTwo.\n', stderr: '' });

    llm.reply('Three.');
    expect((await runCli(['chat', '-s', 'pipe', '-m', 'third'], { env })).stdout).toBe('Three.\n');
    expect(saidTo(llm)).toEqual(['first', 'One.', 'second', 'Two.', 'third']);

    llm.reply('Four.');
    const renewed = await runCli(['chat', '-s', 'pipe'], { env, input: '/new\n/help\n/nonsense\nfourth\n' });
    expect(renewed).toMatchObject({ code: 0, stdout: 'Four.\n' });
    expect(renewed.stderr).toMatch(/^A new conversation\.\n[^]*\/stop[^]*no command \/nonsense/);
    expect(saidTo(llm)).toEqual(['fourth']);
  });

  it('keeps conversations apart by --session', async () => {
    llm.reply('A.').reply('B.');
    await runCli(['chat', '-s', 'alpha', '-m', 'to alpha'], { env });
    await runCli(['chat', '-s', 'beta', '-m', 'to beta'], { env });
    expect(saidTo(llm)).toEqual(['to beta']);
  });

  it('stops the answer on the first Ctrl-C and keeps the conversation', async () => {
    const gate = llm.gate();
    const chat = startCli(['chat', '-s', 'stop'], { env });
    chat.type('Tell me everything');
    await gate.reached;
    gate.send('To begin with');
    await chat.until(/To begin with/);
    chat.signal('SIGINT');
    await chat.until(/Stopped\./);
    await llm.untilAborted();

    llm.reply('Still here.');
    chat.type('And now?');
    await chat.until(/Still here\./);
    chat.endInput();
    const { stdout } = await chat.done;
    expect(stdout).toBe('To begin with\nStill here.\n');
    expect(saidTo(llm)).toEqual(['Tell me everything', expect.stringContaining('To begin with'), 'And now?']);
  });

  it('is left by Ctrl-C when no answer is going', async () => {
    const chat = startCli(['chat'], { env });
    chat.type('/help');
    await chat.until(/quit/);
    chat.signal('SIGINT');
    expect(await chat.done).toMatchObject({ code: 0, stdout: '' });
  });

  it('resumes after a dropped connection and shows nothing twice', async () => {
    await using proxy = await TcpProxy.start(gateway.url);
    const before = llm.requests.length;
    const gate = llm.gate();
    const chat = startCli(['chat', '--url', proxy.url, '-m', 'Count'], { env });
    await gate.reached;
    gate.send('one');
    await chat.until(/one/);
    proxy.cut();
    gate.send(' two');
    await chat.until(/connected again/);
    gate.send(' three');
    gate.release({ text: ' four' });
    expect(await chat.done).toEqual({
      code: 0,
      stdout: 'one two three four\n',
      stderr: 'connection lost, resuming …\nconnected again\n',
    });
    expect(proxy.connections).toBe(2);
    expect(llm.requests.length - before).toBe(1);
  });

  it('says what an answer failed of, with exit code 1', async () => {
    llm.fail(401);
    const { code, stdout, stderr } = await runCli(['chat', '-m', 'Hello'], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/401/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['--url', 'http://127.0.0.1:1'], /No gateway answers at .*npm start/],
    [['--token', 'a-wrong-token-0123456789'], /token is wrong.*--token/],
    [['--name', 'nobody'], /There is no agent "nobody".*default/],
    [['--session', 'agent:other:x'], /belongs to the agent other/],
  ])('with %j names the remedy', async (flags, remedy) => {
    const { code, stdout, stderr } = await runCli(['chat', '-m', 'x', ...flags], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(remedy);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

it('goclaw chat needs a user at a managed gateway, and is that user', async () => {
  await using model = await ScriptedLlm.start();
  await using managed = await startGateway({ llm: model, mode: 'managed' });
  const nobody = await runCli(['chat', '-m', 'Hello'], { env: envOf(managed) });
  expect(nobody).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--user <id>') });
  model.reply('Hello, Ada.');
  expect(await runCli(['chat', '--user', 'ada', '-m', 'Hello'], { env: envOf(managed) })).toMatchObject({
    code: 0,
    stdout: 'Hello, Ada.\n',
  });
});

/** What the model was shown of the conversation, without the time that stands above each message. */
function saidTo(model: ScriptedLlm): string[] {
  return model.lastRequest.messages.map(({ text }) => text.replace(/^Current time: .*\s+/, ''));
}
