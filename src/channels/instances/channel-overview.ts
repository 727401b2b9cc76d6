import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { RecordError } from '#permissions';
import { deploymentOf } from '#store';
import { ChannelManager } from '../channel-manager.js';
import { ChannelRegistry } from '../channel-registry.js';
import { ChannelInstances } from './channel-instances.js';
import type { ChannelInstanceView } from './instance-input.js';

/** How one channel is. */
export interface ChannelStatus {
  readonly enabled: boolean;
  /** Whether this gateway takes its messages. */
  readonly running: boolean;
}

/** The channels of the program and the instances of the database, by name. */
@Injectable()
export class ChannelOverview {
  constructor(
    private readonly registry: ChannelRegistry,
    private readonly manager: ChannelManager,
    private readonly instances: ChannelInstances,
    private readonly config: ConfigService,
  ) {}

  /** Names of the channels that can be spoken through. */
  names(): string[] {
    return this.registry.list().map(({ name }) => name);
  }

  /** Instances are shown to who may keep them. */
  async status(caller: Caller): Promise<Record<string, ChannelStatus>> {
    const isManaged = deploymentOf(this.config).mode === 'managed';
    const instances = isManaged ? await this.instances.all(caller) : [];
    const stored = instances.map(({ name, enabled }) => [name, { enabled, running: false }] as const);
    const running = this.manager.isReceiving;
    const registered = this.names().map((name) => [name, { enabled: true, running }] as const);
    return Object.fromEntries<ChannelStatus>([...stored, ...registered]);
  }

  /** Enables or disables an instance, by id or name; without a flag, the other way round. @throws RecordError */
  async toggle(caller: Caller, channel: string, enabled?: boolean): Promise<ChannelInstanceView> {
    if (this.registry.get(channel))
      throw new RecordError('precondition', `${channel} belongs to the program: it is always enabled.`);
    const { id, enabled: before } = await this.find(caller, channel);
    return this.instances.update(caller, id, { enabled: enabled ?? !before });
  }

  private async find(caller: Caller, channel: string): Promise<ChannelInstanceView> {
    try {
      return await this.instances.get(caller, channel);
    } catch (error) {
      if (!(error instanceof RecordError) || error.reason !== 'not-found') throw error;
      return this.instances.byName(caller, channel);
    }
  }
}
