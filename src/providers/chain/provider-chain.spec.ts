import { describe, expect, it } from 'vitest';
import type { LlmStreamPart } from '#contracts';
import { ANSWER, ChainFixture, failing } from './chain.fixture.js';

const text = (content: string): LlmStreamPart => ({ type: 'text-delta', text: content });

describe('The provider chain', () => {
  it('gives the parts of the first target that answers', async () => {
    const fixture = new ChainFixture().script('a', ANSWER);
    expect(await fixture.run()).toEqual(ANSWER);
    expect(fixture.asked).toEqual(['a/m']);
  });

  it.each(['rate-limited', 'overloaded', 'server', 'network', 'timeout', 'malformed-response'] as const)(
    'tries three times after %s, with growing waits, then the next target',
    async (kind) => {
      const fixture = new ChainFixture()
        .script('a', failing(kind), failing(kind), failing(kind))
        .script('b', ANSWER);
      expect(await fixture.run()).toEqual(ANSWER);
      expect(fixture.asked).toEqual(['a/m', 'a/m', 'a/m', 'b/m']);
      expect(fixture.clock.waits).toEqual([300, 600]);
    },
  );

  it('forgets a failure that a later attempt makes up for', async () => {
    const fixture = new ChainFixture().script('a', failing('server'), ANSWER, ANSWER);
    expect(await fixture.run()).toEqual(ANSWER);
    expect(await fixture.run()).toEqual(ANSWER);
  });

  it.each(['authentication', 'billing', 'model-not-found'] as const)(
    'goes to the next target at once after %s, and leaves the first alone for a while',
    async (kind) => {
      const fixture = new ChainFixture().script('a', failing(kind)).script('b', ANSWER, ANSWER);
      await fixture.run();
      await fixture.run();
      expect(fixture.asked).toEqual(['a/m', 'b/m', 'b/m']);
      expect(fixture.clock.waits).toEqual([]);
    },
  );

  it.each(['bad-request', 'context-overflow'] as const)(
    'ends at once after %s, which cools nothing down',
    async (kind) => {
      const fixture = new ChainFixture().script('a', failing(kind), ANSWER);
      expect(await fixture.errorOf()).toMatchObject({ kind });
      expect(await fixture.run()).toEqual(ANSWER);
      expect(fixture.asked).toEqual(['a/m', 'a/m']);
    },
  );

  it.each([
    text('half'),
    { type: 'thinking-delta', text: 'hm' },
    { type: 'thinking-block', block: { provider: 'a', text: 'hm' } },
    { type: 'tool-call', call: { id: '1', name: 't', arguments: {} } },
  ] satisfies LlmStreamPart[])('neither retries nor switches once a $type was published', async (part) => {
    const [error] = failing('network');
    const fixture = new ChainFixture().script('a', [part, ...failing('network')]).script('b', ANSWER);
    const parts = await fixture.run();
    expect(parts[0]).toEqual(part);
    expect(parts[1]).toMatchObject({ type: error?.type, error: { kind: 'network' } });
    expect(fixture.asked).toEqual(['a/m']);
  });

  it('does retry when only usage came', async () => {
    const usage = { inputTokens: 1, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0 };
    const fixture = new ChainFixture().script('a', [{ type: 'usage', usage }, ...failing('server')], ANSWER);
    expect((await fixture.run()).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
    expect(fixture.asked).toHaveLength(2);
  });

  it('names every provider and why, when none answers', async () => {
    const fixture = new ChainFixture(['a', 'b'])
      .script('a', failing('authentication'))
      .script('b', failing('billing'));
    const error = await fixture.errorOf(['a', 'missing', 'b']);
    expect(error.message).toContain('It is authentication.');
    expect(error.message).toContain('"missing"; usable ones: a, b');
    expect(error.message).toContain('It is billing.');
  });

  it('says what to set when nothing is configured', async () => {
    const error = await new ChainFixture([]).errorOf([]);
    expect(error).toMatchObject({ kind: 'no-provider', retryable: false });
    expect(error.message).toContain('GOCLAW_ANTHROPIC_API_KEY');
  });

  it('reports every HTTP request to the tracer', async () => {
    const usage = { inputTokens: 5, outputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0 };
    const fixture = new ChainFixture()
      .script('a', failing('server'), failing('authentication'))
      .script('b', [text('x'), { type: 'usage', usage }, { type: 'finish', reason: 'stop' }]);
    await fixture.run();
    expect(fixture.calls).toMatchObject([
      { provider: 'a', model: 'm', attempt: 1, outcome: 'failed', error: { kind: 'server' } },
      { provider: 'a', attempt: 2, outcome: 'failed', error: { kind: 'authentication' } },
      { provider: 'b', attempt: 1, outcome: 'ok', usage, finish: 'stop' },
    ]);
    expect(fixture.calls[1]?.startedAt).toBe((fixture.calls[0]?.startedAt ?? 0) + 300);
  });
});

describe('Retry-After', () => {
  it('is waited for, never less', async () => {
    const fixture = new ChainFixture().script('a', failing('rate-limited', 7_000), ANSWER);
    expect(await fixture.run()).toEqual(ANSWER);
    expect(fixture.clock.waits).toEqual([7_000]);
  });

  it('beyond the cap goes to the next target, and the first is left alone as long as it asked', async () => {
    const fixture = new ChainFixture()
      .script('a', failing('rate-limited', 45_000))
      .script('b', ANSWER, ANSWER);
    await fixture.run();
    fixture.clock.advance(44_000);
    await fixture.run();
    expect(fixture.asked).toEqual(['a/m', 'b/m', 'b/m']);
    fixture.clock.advance(1_000);
    fixture.script('a', ANSWER);
    await fixture.run();
    expect(fixture.asked.at(-1)).toBe('a/m');
  });
});

describe('An abort', () => {
  it('ends a wait between two attempts', async () => {
    const controller = new AbortController();
    const fixture = new ChainFixture().script('a', async function* () {
      controller.abort();
      yield* failing('server');
    });
    expect(await fixture.errorOf(['a', 'b'], controller.signal)).toMatchObject({ kind: 'aborted' });
    expect(fixture.asked).toEqual(['a/m']);
  });

  it('of a call neither tries another target nor cools one down', async () => {
    const fixture = new ChainFixture().script('a', failing('aborted'), ANSWER);
    expect(await fixture.errorOf()).toMatchObject({ kind: 'aborted' });
    expect(fixture.calls[0]?.outcome).toBe('aborted');
    expect(await fixture.run()).toEqual(ANSWER);
  });
});

describe('The circuit breaker', () => {
  const down = [failing('server'), failing('server'), failing('server')];

  it('refuses calls while it is open, and says which provider, why and until when', async () => {
    const fixture = new ChainFixture().script('a', ...down);
    await fixture.errorOf(['a']);
    const error = await fixture.errorOf(['a']);
    expect(fixture.asked).toHaveLength(3);
    expect(error).toMatchObject({ kind: 'server', retryAfterMs: 5_000 });
    const until = new Date(fixture.clock.now() + 5_000).toISOString();
    expect(error.message).toBe(`a/m is not called before ${until} after: It is server.`);
  });

  it('lets one call probe after the cooldown, and closes with its first part', async () => {
    const fixture = new ChainFixture().script('a', ...down);
    await fixture.errorOf(['a']);
    fixture.clock.advance(5_000);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let saidSomething: () => void = () => undefined;
    const said = new Promise<void>((resolve) => (saidSomething = resolve));
    let wentOn: () => void = () => undefined;
    const goOn = new Promise<void>((resolve) => (wentOn = resolve));
    fixture.script('a', async function* () {
      await released;
      yield text('x');
      saidSomething();
      await goOn;
      yield { type: 'finish', reason: 'stop' };
    });
    const probe = fixture.run(['a']);
    expect(await fixture.errorOf(['a'])).toMatchObject({ retryAfterMs: 1_000 });
    release();
    await said;
    fixture.script('a', ANSWER);
    expect(await fixture.run(['a'])).toEqual(ANSWER);
    wentOn();
    await probe;
  });

  it('opens again, for twice as long, when the probe fails', async () => {
    const fixture = new ChainFixture().script('a', ...down, ...down);
    await fixture.errorOf(['a']);
    fixture.clock.advance(5_000);
    await fixture.errorOf(['a']);
    expect(await fixture.errorOf(['a'])).toMatchObject({ retryAfterMs: 10_000 });
    expect(fixture.asked).toHaveLength(6);
  });

  it('lets another call probe when the first one was aborted', async () => {
    const fixture = new ChainFixture().script('a', ...down, failing('aborted'), ANSWER);
    await fixture.errorOf(['a']);
    fixture.clock.advance(5_000);
    await fixture.errorOf(['a']);
    expect(await fixture.run(['a'])).toEqual(ANSWER);
  });

  it('lets another call probe when the first one was refused for its own fault', async () => {
    const fixture = new ChainFixture().script('a', ...down, failing('bad-request'), ANSWER);
    await fixture.errorOf(['a']);
    fixture.clock.advance(5_000);
    expect(await fixture.errorOf(['a'])).toMatchObject({ kind: 'bad-request' });
    expect(await fixture.run(['a'])).toEqual(ANSWER);
  });

  it('concerns one key: with another one calls go out at once', async () => {
    const fixture = new ChainFixture().script('a', failing('authentication'), ANSWER);
    await fixture.errorOf(['a']);
    fixture.setKey('a', 'another-key');
    expect(await fixture.run(['a'])).toEqual(ANSWER);
  });

  it('does not stop calls that were under way when it opened', async () => {
    const fixture = new ChainFixture();
    let fail: () => void = () => undefined;
    const failed = new Promise<void>((resolve) => (fail = resolve));
    fixture.script('a', async function* () {
      await failed;
      yield* failing('server');
    });
    const first = fixture.run(['a']);
    fixture.script('a', ...down);
    await fixture.errorOf(['a']);
    fixture.script('a', ANSWER);
    fail();
    expect(await first).toEqual(ANSWER);
  });
});
