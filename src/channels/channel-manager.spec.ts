import { describe, expect, it } from 'vitest';
import type { Channel } from '#contracts';
import { ChannelManager } from './channel-manager.js';
import type { ChannelReceiver } from './intake/channel-receiver.js';
import type { OutboxDispatcher } from './outbox/outbox-dispatcher.js';
import { registryOf, ScriptedChannel } from './scripted-channel.fixture.js';

function managed(receive?: () => Promise<void>): { manager: ChannelManager; events: string[] } {
  const events: string[] = [];
  const receiver = {
    run: async ({ name }: Channel, signal: AbortSignal) => {
      events.push(`receive ${name}`);
      await receive?.();
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      events.push(`received ${name}`);
    },
  } as ChannelReceiver;
  const dispatcher = {
    start: () => void events.push('send'),
    stop: async () => void events.push('sent'),
  } as unknown as OutboxDispatcher;
  const registry = registryOf(new ScriptedChannel('a'), new ScriptedChannel('b'));
  return { manager: new ChannelManager(registry, receiver, dispatcher), events };
}

describe('the channels of a replica', () => {
  it('are started once, however often they are told to', () => {
    const { manager, events } = managed();
    manager.start();
    manager.start();
    expect(events).toEqual(['receive a', 'receive b', 'send']);
  });

  it('stop receiving first, and sending only when they are told to', async () => {
    const { manager, events } = managed();
    manager.start();
    await Promise.all([manager.stopReceiving(), manager.stopReceiving()]);
    expect(events.slice(3)).toEqual(['received a', 'received b']);
    await manager.stop();
    expect(events.at(-1)).toBe('sent');
    manager.start();
    expect(events.filter((event) => event === 'send')).toHaveLength(1);
  });

  it('go on when one of them cannot be received from', async () => {
    const { manager, events } = managed(() => Promise.reject(new Error('defect')));
    manager.start();
    await manager.stop();
    expect(events).toEqual(['receive a', 'receive b', 'send', 'sent']);
  });
});
