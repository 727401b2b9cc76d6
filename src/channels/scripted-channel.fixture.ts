import type { DiscoveryService } from '@nestjs/core';
import {
  type Channel,
  DefineChannel,
  type DeliveryReceipt,
  type InboundMessage,
  type InboundSink,
  type OutboundMessage,
} from '#contracts';
import { ChannelRegistry } from './channel-registry.js';

export type Answer = DeliveryReceipt | Error | Promise<DeliveryReceipt>;

/** A channel in the hands of the test. */
@DefineChannel()
export class ScriptedChannel implements Channel {
  readonly platform = 'test';
  /** What was sent, in order. */
  readonly sent: OutboundMessage[] = [];
  /** The sink of the poll that goes on. */
  sink: InboundSink | undefined;
  polls = 0;
  /** Sends that are going, and the most there ever were. */
  going = 0;
  mostGoing = 0;
  private readonly answers: ((signal: AbortSignal) => Answer)[] = [];
  private readonly pollFailures: Error[] = [];

  constructor(
    readonly name: string = 'chat',
    readonly delivery: Channel['delivery'] = { idempotent: true },
    readonly agentKey?: string,
  ) {}

  /** What the next sends come to; all others succeed. */
  answer(...answers: (Answer | ((signal: AbortSignal) => Answer))[]): this {
    this.answers.push(...answers.map((answer) => (typeof answer === 'function' ? answer : () => answer)));
    return this;
  }

  failPolls(...errors: Error[]): this {
    this.pollFailures.push(...errors);
    return this;
  }

  async receive(sink: InboundSink, signal: AbortSignal): Promise<void> {
    this.polls++;
    const failure = this.pollFailures.shift();
    if (failure) throw failure;
    this.sink = sink;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.sink = undefined;
  }

  async send(message: OutboundMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    this.sent.push(message);
    this.going++;
    this.mostGoing = Math.max(this.mostGoing, this.going);
    try {
      const answer = await (this.answers.shift()?.(signal) ?? { receipt: `p${this.sent.length}` });
      if (answer instanceof Error) throw answer;
      return answer;
    } finally {
      this.going--;
    }
  }
}

/** A registry of these, as the modules of the program would fill it. */
export function registryOf(...instances: unknown[]): ChannelRegistry {
  const wrappers = instances.map((instance) => ({ instance }));
  const registry = new ChannelRegistry({ getProviders: () => wrappers } as unknown as DiscoveryService);
  registry.onModuleInit();
  return registry;
}

export function inboundMessage(overrides: Partial<InboundMessage> = {}): InboundMessage {
  return {
    platformMessageId: 'm1',
    chat: { id: 'c1', kind: 'direct' },
    sender: { id: 'ann' },
    text: 'Hello',
    ...overrides,
  };
}
