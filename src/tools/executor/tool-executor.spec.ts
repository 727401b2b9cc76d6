import { Logger } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { errorResult, textResult, type Tool, type ToolResult, type ToolSpec } from '#contracts';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { runContext, textOf, toolCall, toolFrom } from '../../../test/support/tools.js';
import { ToolPolicyConfig } from '../policy/tool-policy.config.js';
import { ToolPolicy } from '../policy/tool-policy.js';
import { ToolRegistry } from '../registry/tool-registry.js';
import { ToolsConfig } from '../tools.config.js';
import { ArgumentValidator } from './argument-validator.js';
import { STOP_GRACE_MS } from './call-deadline.js';
import { OUTPUT_MAX_CHARS } from './output-cap.js';
import { CALL_TIMEOUT_MS, PARALLEL_CALLS_MAX, ToolExecutor } from './tool-executor.js';
import { GatewayConfig } from '#permissions';
import { configOf } from '../../../test/support/config.js';
import { ToolRateLimiter } from './tool-rate-limiter.js';

const WORKSPACE = { root: '/nowhere', restrict: true };
const here = () => ({ run: runContext(), workspace: WORKSPACE, tools: registry });

let clock: ManualClock;
let registry: ToolRegistry;
let executor: ToolExecutor;
let policy: ToolPolicy;

async function start(
  policyConfig: Partial<ToolPolicyConfig> = {},
  tools: Partial<ToolsConfig> = {},
): Promise<void> {
  clock = new ManualClock();
  const limits = configOf([GatewayConfig], {});
  const config = new ConfigService(
    'test',
    new Map<new () => object, object>([
      [ToolPolicyConfig, Object.assign(new ToolPolicyConfig(), policyConfig)],
      [ToolsConfig, Object.assign(new ToolsConfig(), tools)],
      [GatewayConfig, limits.get(GatewayConfig)],
    ]),
    [],
  );
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      { provide: Clock, useValue: clock },
      { provide: ConfigService, useValue: config },
      ToolRegistry,
      ToolPolicy,
      ToolExecutor,
      ArgumentValidator,
      ToolRateLimiter,
    ],
  }).compile();
  registry = module.get(ToolRegistry);
  executor = module.get(ToolExecutor);
  policy = module.get(ToolPolicy);
}

function offer(name: string, execute: Tool['execute'], spec: Partial<ToolSpec> = {}): void {
  const parameters = { type: 'object', properties: {} };
  const full = { name, description: name, parameters, groups: [], repeatable: true, ...spec };
  registry.register(full, toolFrom(execute), 'test');
}

function answers(text: string): Tool['execute'] {
  return () => Promise.resolve(textResult(text));
}

async function call(name: string, args: Record<string, unknown> = {}): Promise<ToolResult> {
  return (await executor.execute(toolCall(name, args), {}, here())).result;
}

let silence: MockInstance<Logger['error']>;

beforeEach(async () => {
  silence = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  await start();
});

afterEach(() => {
  silence.mockRestore();
  expect(clock.pending).toBe(0);
});

describe('executing one call', () => {
  it('hands arguments, call id and workspace to the tool and times it', async () => {
    offer('echo', async (args, context) => {
      clock.advance(7);
      return textResult(
        JSON.stringify([args, context.toolCallId, context.workspace, context.signal.aborted]),
      );
    });
    const made = toolCall('echo', { a: 1 }, 'c9');
    const outcome = await executor.execute(made, {}, here());
    expect(outcome).toMatchObject({ call: made, startedAt: Date.UTC(2026, 0, 1), durationMs: 7 });
    expect(JSON.parse(textOf(outcome.result))).toEqual([{ a: 1 }, 'c9', WORKSPACE, false]);
  });

  it('finds a tool by its alias', async () => {
    offer('exec', answers('ran'));
    expect(textOf(await call('bash'))).toBe('ran');
  });

  it('answers an unknown name with names like it', async () => {
    offer('read_file', answers(''));
    offer('web_fetch', answers(''));
    const result = await call('readFile');
    expect(result.isError).toBe(true);
    expect(textOf(result)).toBe(
      'unknown tool: readFile. Did you mean read_file? Available: read_file, web_fetch.',
    );
    expect(textOf(await call('x'.repeat(10_000))).length).toBeLessThan(300);
  });

  it('says why a tool is not there now, also one of several whose names are not known', async () => {
    offer('read_file', answers(''));
    const missing = [
      { name: 'image', source: 'own', reason: 'Set tools.image.provider.' },
      { name: 'wiki', prefix: 'w__', source: 'mcp:wiki', reason: 'The wiki is still being connected.' },
    ];
    const tools = { get: () => undefined, list: () => registry.list(), withheld: () => missing };
    const answer = async (name: string): Promise<string> =>
      textOf((await executor.execute(toolCall(name), {}, { ...here(), tools })).result);
    expect(await answer('image')).toBe(
      'The tool image is not there now: Set tools.image.provider. Available: read_file.',
    );
    expect(await answer('w__search')).toContain('The wiki is still being connected.');
    expect(await answer('wsearch')).toContain('unknown tool');
  });

  it('refuses a tool that policy hides, though the model calls it', async () => {
    await start({ deny: ['group:runtime'] });
    const execute = vi.fn(answers('ran'));
    offer('exec', execute, { groups: ['runtime'] });
    offer('read_file', answers('text'));
    expect(policy.visibleTools(registry, {}).map((spec) => spec.name)).toEqual(['read_file']);
    const result = await call('exec');
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('exec is not allowed here (by global.deny). Available: read_file.');
    const agent = { byChannel: { ws: { deny: ['*'] } } };
    const scoped = await executor.execute(toolCall('read_file'), { agent, channel: 'ws' }, here());
    expect(textOf(scoped.result)).toContain('(by agent-channel.deny)');
    expect(execute).not.toHaveBeenCalled();
  });

  it('answers arguments that were no JSON with their beginning', async () => {
    offer('echo', answers('never'));
    const made = { ...toolCall('echo'), invalid: '{"a": 1,,' };
    const { result } = await executor.execute(made, {}, here());
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(String.raw`not a JSON object (they began: "{\"a\": 1,,")`);
  });

  it('names path and allowed values of arguments that do not fit, and does not run the tool', async () => {
    const execute = vi.fn(answers('never'));
    offer('paint', execute, {
      parameters: {
        type: 'object',
        properties: {
          color: { enum: ['red', 'blue'] },
          layers: { type: 'array', items: { type: 'object', properties: { depth: { type: 'integer' } } } },
        },
        required: ['color'],
        additionalProperties: false,
      },
    });
    const wrong = await call('paint', { color: 'green', layers: [{ depth: '3' }], colour: 1 });
    expect(wrong.isError).toBe(true);
    expect(textOf(wrong)).toContain('- color: must be equal to one of the allowed values: ["red","blue"]');
    expect(textOf(wrong)).toContain('- layers.0.depth: must be integer');
    expect(textOf(wrong)).toContain('- arguments: unknown argument "colour"; known: color, layers');
    expect(textOf(await call('paint'))).toContain("must have required property 'color'");
    expect(execute).not.toHaveBeenCalled();
  });

  it('does not hang on a hostile pattern in a schema, whatever dialect the schema names', async () => {
    const hostile = (pattern: string): ToolSpec['parameters'] => ({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { text: { type: 'string', pattern } },
    });
    offer('other', answers('other'), { parameters: hostile('^b$') });
    offer('match', answers('matched'), { parameters: hostile('^(a+)+$') });
    offer('look', answers('looked'), { parameters: hostile('^(?=x)y') });
    expect((await call('match', { text: `${'a'.repeat(50_000)}b` })).isError).toBe(true);
    expect(textOf(await call('match', { text: 'aaa' }))).toBe('matched');
    expect(textOf(await call('other', { text: 'b' }))).toBe('other');
    expect((await call('other', { text: 'aaa' })).isError).toBe(true);
    expect(textOf(await call('look', { text: 'z' }))).toBe('looked');
  });

  it('turns a thrown error into a generic result and logs the real one', async () => {
    offer('crash', () => Promise.reject(new Error('password of /etc/shadow')));
    offer('throw', () => {
      throw new TypeError('at once');
    });
    offer('lie', () => Promise.resolve(JSON.parse('{}')));
    for (const name of ['crash', 'throw', 'lie']) {
      const result = await call(name);
      expect(result.isError).toBe(true);
      expect(textOf(result)).toBe(
        `The tool "${name}" failed for an internal reason that was logged. Try something else or tell the user.`,
      );
    }
    expect(silence).toHaveBeenCalledTimes(3);
    expect(silence).toHaveBeenCalledWith(expect.objectContaining({ tool: 'crash', err: expect.any(Error) }));
  });

  it('survives a broken schema', async () => {
    offer('broken', answers('never'), { parameters: { type: 'objekt' } });
    expect((await call('broken')).isError).toBe(true);
    expect(silence).toHaveBeenCalledOnce();
  });
});

describe('limits', () => {
  it('stops waiting for a tool that ignores its signal', async () => {
    let signal: AbortSignal | undefined;
    offer('hang', (_, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    const running = call('hang');
    await expect.poll(() => signal).toBeDefined();
    clock.advance(CALL_TIMEOUT_MS - 1);
    expect(signal?.aborted).toBe(false);
    clock.advance(1 + STOP_GRACE_MS);
    expect(signal?.aborted).toBe(true);
    expect(textOf(await running)).toBe('hang was stopped after its limit of 60 s.');
  });

  it('takes what a stopped tool still tells, and says when its outcome is unknown', async () => {
    const untilAbort = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    offer(
      'partial',
      async (_, { signal }) => {
        await untilAbort(signal);
        return errorResult('half done');
      },
      { timeoutMs: 10 },
    );
    offer(
      'gone',
      async (_, { signal }) => {
        await untilAbort(signal);
        throw signal.reason;
      },
      { timeoutMs: 10, repeatable: false },
    );
    const running = [call('partial'), call('gone')];
    await expect.poll(() => clock.pending).toBe(2);
    clock.advance(10);
    const [partial, gone] = (await Promise.all(running)).map(textOf);
    expect(partial).toBe('half done');
    expect(gone).toBe(
      'gone was stopped after its limit of 0.01 s. Its outcome is unknown: it may have taken effect.',
    );
    expect(silence).not.toHaveBeenCalled();
  });

  it('says that the run was aborted, before and during a call', async () => {
    const abort = new AbortController();
    const context = { ...here(), run: runContext({ signal: abort.signal }) };
    const execute = vi.fn<Tool['execute']>(() => new Promise(() => undefined));
    offer('hang', execute, { repeatable: false });
    const running = executor.execute(toolCall('hang'), {}, context);
    await vi.waitFor(() => expect(execute).toHaveBeenCalled());
    abort.abort();
    clock.advance(STOP_GRACE_MS);
    expect(textOf((await running).result)).toContain(
      'stopped because the run was aborted. Its outcome is unknown',
    );
    const late = await executor.execute(toolCall('hang'), {}, context);
    expect(textOf(late.result)).toBe('hang was not started: the run was aborted.');
    expect(execute).toHaveBeenCalledOnce();
  });

  it('counts calls of a session in a sliding hour', async () => {
    await start({}, { rate_limit_per_hour: 2 });
    offer('echo', answers('ok'));
    expect((await call('echo')).isError).toBe(false);
    clock.advance(1_800_000);
    expect((await call('echo')).isError).toBe(false);
    const over = await call('echo');
    expect(over.isError).toBe(true);
    expect(textOf(over)).toContain(
      'tool rate limit exceeded: 2 actions/hour for key agent:default:ws:direct:ann. The next call is possible in 30 min',
    );
    const other = { ...here(), run: runContext({ session: { id: 's2', key: 'other' } }) };
    expect((await executor.execute(toolCall('echo'), {}, other)).result.isError).toBe(false);
    clock.advance(1_800_000);
    expect((await call('echo')).isError).toBe(false);
    expect((await call('echo')).isError).toBe(true);
  });

  it('counts conversations that are not stored together, whatever key they name', async () => {
    await start({}, { rate_limit_per_hour: 1 });
    offer('echo', answers('ok'));
    const results = await Promise.all(
      ['k1', 'k2'].map((key) =>
        executor.execute(toolCall('echo'), {}, { ...here(), run: runContext({ session: { key } }) }),
      ),
    );
    expect(results.map(({ result }) => result.isError)).toEqual([false, true]);
  });
});

describe('output', () => {
  it('keeps head and tail of a giant output and says how much is missing', async () => {
    offer('giant', answers(`BEGIN${'🦞'.repeat(5_000_000)}END`));
    const text = textOf(await call('giant'));
    expect(text.length).toBeLessThan(OUTPUT_MAX_CHARS + 200);
    expect(text.startsWith('BEGIN')).toBe(true);
    expect(text.endsWith('END')).toBe(true);
    expect(text).toMatch(/… 99\d{5} characters left out here/);
    expect(text.isWellFormed()).toBe(true);
  });

  it('scrubs before it cuts, in what the model and what a person reads', async () => {
    const secret = `sk-${'a1B2'.repeat(10)}`;
    // Head of the cap ends in the middle of the secret.
    const text = `${'x'.repeat(48 * 1024 - 20)} ${secret}${' y'.repeat(60_000)}`;
    offer('leak', () => Promise.resolve({ ...textResult(text), forUser: `it is ${secret}` }));
    const result = await call('leak');
    expect(textOf(result)).not.toContain('sk-a1B2');
    expect(textOf(result)).toContain('[REDACTED');
    expect(result.forUser).toBe('it is [REDACTED]');
  });

  it('leaves credentials alone when scrubbing is off', async () => {
    await start({}, { scrub_credentials: false });
    offer('leak', answers(`sk-${'a1B2'.repeat(10)}`));
    expect(textOf(await call('leak'))).toBe(`sk-${'a1B2'.repeat(10)}`);
  });

  it('bounds pictures and makes text storable', async () => {
    const image = { type: 'image', url: 'data:image/png;base64,AA==' } as const;
    const large = { type: 'image', url: 'A'.repeat(8 * 1024 * 1024) } as const;
    offer('look', () =>
      Promise.resolve({
        content: [large, ...Array.from({ length: 10 }, () => image), { type: 'text', text: 'a\0b\uD800' }],
        isError: false,
      }),
    );
    const { content } = await call('look');
    expect(content.filter((part) => part.type === 'image')).toHaveLength(8);
    expect(content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('image left out') });
    expect(content.at(-1)).toEqual({ type: 'text', text: 'a\uFFFDb\uFFFD' });
  });
});

describe('executing a batch', () => {
  it('runs in parallel, a few at a time, and keeps the order of the calls', async () => {
    const gates = new Map<string, (result: ToolResult) => void>();
    let open = false;
    offer('gate', (_, { toolCallId }) =>
      open
        ? Promise.resolve(textResult(toolCallId))
        : new Promise((resolve) => gates.set(toolCallId, resolve)),
    );
    const ids = Array.from({ length: PARALLEL_CALLS_MAX + 2 }, (_, index) => `c${index}`);
    const heard: string[] = [];
    const all = executor.executeAll(
      ids.map((id) => toolCall('gate', {}, id)),
      {},
      here(),
      ({ call: { id } }) => heard.push(id),
    );
    await expect.poll(() => gates.size).toBe(PARALLEL_CALLS_MAX);
    gates.get('c7')?.(textResult('c7'));
    await expect.poll(() => gates.size).toBe(PARALLEL_CALLS_MAX + 1);
    open = true;
    for (const [id, resolve] of gates) resolve(textResult(id));
    const outcomes = await all;
    expect(outcomes.map(({ result }) => textOf(result))).toEqual(ids);
    expect(heard[0]).toBe('c7');
    expect(heard.toSorted()).toEqual(ids.toSorted());
  });

  it('gives each failure its own result', async () => {
    offer('ok', answers('fine'));
    offer('crash', () => Promise.reject(new Error('no')));
    const outcomes = await executor.executeAll(
      ['ok', 'crash', 'nothing', 'ok'].map((name, index) => toolCall(name, {}, `c${index}`)),
      {},
      here(),
    );
    expect(outcomes.map(({ call: { id }, result }) => [id, result.isError])).toEqual([
      ['c0', false],
      ['c1', true],
      ['c2', true],
      ['c3', false],
    ]);
    expect(await executor.executeAll([], {}, here())).toEqual([]);
  });
});
