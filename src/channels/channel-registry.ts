import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type Channel, CHANNEL_NAME_MAX_CHARS, isChannel } from '#contracts';
import { ChannelsError } from './channels.errors.js';

const NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,${CHANNEL_NAME_MAX_CHARS - 1}}$`);

/** Owners, session keys and runs use these first words for something else. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'agent',
  'cli',
  'cron',
  'group',
  'http',
  'subagent',
  'system',
  'ws',
]);

/** Every channel of the program: the instances of classes marked by `@DefineChannel`. It imports none of them. */
@Injectable()
export class ChannelRegistry implements OnModuleInit {
  private readonly channels = new Map<string, Channel>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ChannelsError for a name that cannot be used, or that two instances have. */
  onModuleInit(): void {
    const instances = this.discovery.getProviders().map((wrapper): unknown => wrapper.instance);
    for (const channel of new Set(instances)) if (isChannel(channel)) this.add(channel);
  }

  get(name: string): Channel | undefined {
    return this.channels.get(name);
  }

  list(): readonly Channel[] {
    return [...this.channels.values()];
  }

  private add(channel: Channel): void {
    const { name } = channel;
    if (!NAME.test(name) || RESERVED_NAMES.has(name)) {
      throw new ChannelsError(
        'bad-channel-name',
        `A channel cannot be called "${name}". Use up to ${CHANNEL_NAME_MAX_CHARS} letters, digits and . _ - /, and none of: ${[...RESERVED_NAMES].join(', ')}.`,
      );
    }
    if (this.channels.has(name)) {
      throw new ChannelsError('duplicate-channel', `Two channels are called "${name}"; rename one of them.`);
    }
    this.channels.set(name, channel);
  }
}
