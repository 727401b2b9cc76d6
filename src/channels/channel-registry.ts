import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type Channel, isChannel } from '#contracts';
import { CHANNEL_NAME_RULE, isChannelName } from './channel-name.js';
import { ChannelsError } from './channels.errors.js';

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
    if (!isChannelName(name)) {
      throw new ChannelsError(
        'bad-channel-name',
        `A channel cannot be called "${name}". Use ${CHANNEL_NAME_RULE}.`,
      );
    }
    if (this.channels.has(name)) {
      throw new ChannelsError('duplicate-channel', `Two channels are called "${name}"; rename one of them.`);
    }
    this.channels.set(name, channel);
  }
}
