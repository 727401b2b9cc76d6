import {
  LlmError,
  type LlmErrorKind,
  type LlmProvider,
  type LlmRequest,
  type LlmStreamPart,
} from '#contracts';
import { ProviderRegistry } from '../provider-registry.js';
import { Cooldowns } from './cooldowns.js';
import type { ProviderCall } from './provider-call.js';
import { ProviderChain } from './provider-chain.js';
import { SkippingClock } from './skipping-clock.fixture.js';

/** What a fake provider says to one call. */
export type Scripted = readonly LlmStreamPart[] | ((signal: AbortSignal) => AsyncIterable<LlmStreamPart>);

export const ANSWER: readonly LlmStreamPart[] = [
  { type: 'text-delta', text: 'ok' },
  { type: 'finish', reason: 'stop' },
];

export function failing(kind: LlmErrorKind, retryAfterMs?: number): LlmStreamPart[] {
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  return [{ type: 'error', error: new LlmError(kind, 'fake', `It is ${kind}.`, options) }];
}

/** Providers that say what was scripted, in turn; a call that was not scripted fails the test. */
export class ChainFixture {
  readonly clock = new SkippingClock();
  readonly calls: ProviderCall[] = [];
  /** `provider/model` of every call. */
  readonly asked: string[] = [];
  readonly registry: ProviderRegistry;
  readonly chain: ProviderChain;
  private readonly scripts = new Map<string, Scripted[]>();

  constructor(names: readonly string[] = ['a', 'b']) {
    this.registry = new ProviderRegistry(({ name }) => this.fake(name));
    for (const name of names) this.setKey(name, `${name}-key`);
    this.chain = new ProviderChain(this.registry, new Cooldowns(this.clock), this.clock, () => 0.5);
  }

  setKey(name: string, apiKey: string): void {
    this.registry.register({ name, type: 'openai_compat', apiBase: `http://${name}`, apiKey }, 'config');
  }

  script(name: string, ...answers: readonly Scripted[]): this {
    this.scripts.set(name, [...(this.scripts.get(name) ?? []), ...answers]);
    return this;
  }

  async run(
    names: readonly string[] = ['a', 'b'],
    signal = new AbortController().signal,
  ): Promise<LlmStreamPart[]> {
    const parts: LlmStreamPart[] = [];
    const targets = names.map((provider) => ({ provider, model: 'm' }));
    const request = { system: '', messages: [], tools: [], sampling: {} };
    const onCall = (call: ProviderCall): void => void this.calls.push(call);
    for await (const part of this.chain.stream(targets, request, { signal, onCall })) parts.push(part);
    return parts;
  }

  /** The error that ended a run. */
  async errorOf(names?: readonly string[], signal?: AbortSignal): Promise<LlmError> {
    const last = (await this.run(names, signal)).at(-1);
    if (last?.type !== 'error') throw new Error(`The run ended with ${last?.type}.`);
    return last.error;
  }

  private fake(name: string): LlmProvider {
    return {
      name,
      stream: (request, signal) => this.answer(name, request, signal),
      listModels: () => Promise.resolve([]),
    };
  }

  private async *answer(
    name: string,
    { model }: LlmRequest,
    signal: AbortSignal,
  ): AsyncGenerator<LlmStreamPart> {
    this.asked.push(`${name}/${model}`);
    const next = this.scripts.get(name)?.shift();
    if (next === undefined) throw new Error(`The call of ${name} was not expected.`);
    yield* typeof next === 'function' ? next(signal) : next;
  }
}
