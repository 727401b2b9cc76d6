import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

/** Each kind of trouble has a model of its own: a model that failed for good is left alone for a while. */
const agentsOf = (provider: string): Record<string, object> => ({
  moody: { model: 'moody' },
  unreachable: { model: 'unreachable' },
  cut: { model: 'cut' },
  garbled: { model: 'garbled' },
  refused: { model: 'refused', fallbacks: [`${provider}/standby`] },
  silent: { model: 'silent' },
  slow: { model: 'slow', run_timeout_sec: 1 },
});

describe.each(['openai', 'anthropic'] as const)('a model of %s', (provider) => {
  let llm: ScriptedLlm;
  let gateway: RunningGateway;
  let socket: RawSocket;

  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({
      llm,
      provider,
      config: { agents: { list: { default: { default: true }, ...agentsOf(provider) } } },
    });
  });
  beforeEach(async () => {
    socket = await RawSocket.connect(gateway);
  });
  afterEach(() => {
    socket[Symbol.dispose]();
    llm.expectAllUsed();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  const send = (agentId: string, message: string): object => ({ agentId, message, stream: true });

  /** What the conversation of a failed run holds. */
  async function kept(agentId: string): Promise<unknown[]> {
    const sessionKey = `agent:${agentId}:ws:direct:local`;
    const { messages } = await socket.result('chat.history', { sessionKey });
    return (messages as { role: string; content: string }[]).map(({ role, content }) => [role, content]);
  }

  it('that fails for a moment is asked again, and answers', async () => {
    llm.fail(500).fail(503).reply('Here I am.');
    expect(await socket.result('chat.send', send('moody', 'hi'))).toMatchObject({ content: 'Here I am.' });
    expect(socket.text).toBe('Here I am.');
  });

  it('that cannot be reached is named with its address, and the message is kept', async () => {
    await llm.refuse();
    const error = await socket.refusal('chat.send', send('unreachable', 'hi'));
    await llm.accept();
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(error.message).toContain(provider);
    expect(error.message).toContain(`127.0.0.1:${llm.port}`);
    expect(await kept('unreachable')).toEqual([['user', 'hi']]);
  });

  it('whose stream is cut fails the run, and is not asked again behind the reader’s back', async () => {
    const before = llm.requests.length;
    llm.cutAfter(2);
    const error = await socket.refusal('chat.send', send('cut', 'hi'));
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(socket.text).toContain('delta-1');
    expect(socket.events.at(-1)).toMatchObject({ type: 'run.failed' });
    expect(llm.requests.length).toBe(before + 1);
    expect((await kept('cut'))[0]).toEqual(['user', 'hi']);
  });

  it('that answers with garbage fails the run, without the garbage in the message', async () => {
    llm.malformed(1);
    const error = await socket.refusal('chat.send', send('garbled', 'hi'));
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(error.message).toContain(provider);
    expect((await kept('garbled'))[0]).toEqual(['user', 'hi']);
  });

  it('that refuses the key is replaced by the next of the fallback list', async () => {
    llm.fail(401).reply('I can.');
    expect(await socket.result('chat.send', send('refused', 'hi'))).toMatchObject({ content: 'I can.' });
    expect(llm.lastRequest.model).toBe('standby');
  });

  it('that never answers is left at once when its run is aborted', async () => {
    const aborted = llm.aborted.length;
    const requests = llm.requests.length;
    llm.hang();
    const id = socket.begin('chat.send', send('silent', 'hi'));
    await llm.untilRequests(requests + 1);
    const [accepted] = socket.events;
    expect(await socket.result('chat.abort', { runId: accepted?.runId })).toMatchObject({ aborted: true });
    expect(await socket.answer(id)).toMatchObject({
      ok: true,
      payload: { status: 'aborted', content: '' },
    });
    await llm.untilAborted(aborted + 1);
  });

  it('that never ends is left when the run’s time is over', async () => {
    const aborted = llm.aborted.length;
    llm.hangAfter(1);
    expect(await socket.refusal('chat.send', send('slow', 'hi'))).toMatchObject({ code: 'AGENT_TIMEOUT' });
    await llm.untilAborted(aborted + 1);
  });
});
