import { beforeEach, describe, expect, it } from 'vitest';
import { AgentError, type RunHandle, type RunRequest, type RunService } from '#agent';
import { AppError } from '#kernel';
import type { RateLimiter } from '#permissions';
import { type InboundStore, type PendingMessage, type Rejection, StoreError } from '#store';
import { configOf } from '../../../test/support/config.js';
import { ChannelsConfig } from '../channels.config.js';
import { inboundMessage, ScriptedChannel } from '../scripted-channel.fixture.js';
import { MessageIntake } from './message-intake.js';

const HOUR_MS = 3_600_000;
const channel = new ScriptedChannel('chat');

function pending(overrides: Partial<PendingMessage> = {}): PendingMessage {
  return { id: 'row', chatId: 'c1', message: inboundMessage(), attempts: 0, ageMs: 0, ...overrides };
}

function handle(runId: string): RunHandle {
  const done = Promise.reject(new Error('nobody waits for it'));
  done.catch(() => undefined);
  return { runId, sessionKey: 'key', agentKey: 'default', repeated: false, done };
}

describe('the intake of kept messages', () => {
  let events: string[];
  let submit: (request: RunRequest) => RunHandle;
  let earlier: RunHandle | undefined;
  let rejections: Rejection[];
  let isAway: boolean;

  const runs = {
    submit: async (request: RunRequest) => {
      events.push(`submit ${request.idempotencyKey} ${request.debounceMs}`);
      return submit(request);
    },
    attach: async (_caller: unknown, selector: { operation: string; idempotencyKey: string }) => {
      events.push(`attach ${selector.operation} ${selector.idempotencyKey}`);
      if (!earlier) throw new AgentError('run-not-found', 'none');
      return earlier;
    },
  } as unknown as RunService;
  const inbound = {
    accept: async (id: string, runId: string) => {
      if (isAway) throw new StoreError('unavailable', 'away');
      events.push(`accept ${id} ${runId}`);
    },
    defer: async (id: string, reason: string) => {
      if (isAway) throw new StoreError('unavailable', 'away');
      events.push(`defer ${id} ${reason}`);
    },
    reject: async (_id: string, rejection: Rejection) => void rejections.push(rejection),
  } as unknown as InboundStore;

  beforeEach(() => {
    events = [];
    rejections = [];
    earlier = undefined;
    isAway = false;
    limited = undefined;
    submit = () => handle('run-1');
  });

  let limited: Error | undefined;
  const limiter = {
    take: () => {
      if (limited) throw limited;
    },
  } as unknown as RateLimiter;

  const take = (message = pending(), file = {}): Promise<number | undefined> =>
    new MessageIntake(runs, inbound, configOf([ChannelsConfig], file), limiter).take(channel, message);

  it('accepts a message as a run of its own, with the time that channels give for the next one', async () => {
    expect(await take()).toBeUndefined();
    expect(events).toEqual(['submit row 800', 'accept row run-1']);
  });

  it('lets a writer wait who asks too often, and forgets nothing', async () => {
    limited = new AppError('RESOURCE_EXHAUSTED', 'too often', { retryAfterMs: 7_000 });
    expect(await take()).toBe(7_000);
    expect(events.filter((event) => event.startsWith('submit'))).toEqual([]);
    expect(rejections).toEqual([]);
  });

  it('gives no time where that is configured', async () => {
    await take(pending(), { gateway: { inbound_debounce_ms: 0 } });
    expect(events[0]).toBe('submit row undefined');
  });

  it('finds the run that an old message had before a crash, instead of a second one', async () => {
    earlier = handle('run-0');
    await take(pending({ ageMs: 2 * HOUR_MS }));
    expect(events).toEqual(['attach channel row', 'accept row run-0']);
  });

  it('accepts an old message that had none', async () => {
    await take(pending({ ageMs: 2 * HOUR_MS }));
    expect(events).toEqual(['attach channel row', 'submit row 800', 'accept row run-1']);
  });

  it('finds the run of a message whose agent is another one by now', async () => {
    submit = () => {
      throw new AgentError('key-reused', 'other agent');
    };
    earlier = handle('run-0');
    await take();
    expect(events).toEqual(['submit row 800', 'attach channel row', 'accept row run-0']);
  });

  it('lets a message wait when there is no room, and says why', async () => {
    submit = () => {
      throw new AppError('RESOURCE_EXHAUSTED', 'full', { retryAfterMs: 1_000 });
    };
    expect(await take()).toBe(1_000);
    expect(events.at(-1)).toBe('defer row AppError: full');
    expect(rejections).toEqual([]);
  });

  it('lets a message wait whose run could not be noted down: the next try finds it', async () => {
    isAway = true;
    expect(await take()).toBe(1_000);
    expect(rejections).toEqual([]);
  });

  it('answers a message that will never have a run', async () => {
    submit = () => {
      throw new AgentError('message-empty', 'The message is empty.');
    };
    const message = inboundMessage({ platformMessageId: 'm3', chat: { id: 'g', kind: 'group' } });
    expect(await take(pending({ message }))).toBeUndefined();
    expect(rejections).toEqual([
      {
        reason: 'AgentError: The message is empty.',
        userId: 'group:chat:g',
        reply: { chat: message.chat, text: expect.stringMatching(/^⚠️ Only text/), replyTo: 'm3' },
      },
    ]);
  });
});
