import { Injectable } from '@nestjs/common';
import { ChannelInstances, type ChannelInstanceView, ChannelOverview } from '#channels';
import { Access, NO_RUNTIME } from '#permissions';
import type { ChannelInstanceInfo, Methods } from '#protocol';
import { readUpdates } from '../read-updates.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import {
  ChannelInstanceCreateParams,
  ChannelInstanceParams,
  ChannelInstanceUpdateParams,
  ChannelInstanceUpdates,
  ChannelToggleParams,
} from './channels.dto.js';

type Result<M extends keyof Methods> = Promise<Methods[M]['result']>;

const SETTABLE = [
  'name',
  'display_name',
  'channel_type',
  'agent_id',
  'credentials',
  'config',
  'enabled',
] as const;

/** Channels, and the accounts of chat platforms that are kept in the database. */
@Injectable()
export class ChannelsMethods {
  constructor(
    private readonly overview: ChannelOverview,
    private readonly instances: ChannelInstances,
  ) {}

  @Access('viewer')
  @RpcMethod('channels.list')
  list(): Methods['channels.list']['result'] {
    return { channels: this.overview.names() };
  }

  @Access('viewer')
  @RpcMethod('channels.status')
  async status(_params: object, { caller }: RpcContext): Result<'channels.status'> {
    return { channels: await this.overview.status(caller) };
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.toggle', ChannelToggleParams)
  async toggle({ channel, enabled }: ChannelToggleParams, { caller }: RpcContext): Result<'channels.toggle'> {
    const instance = await this.overview.toggle(caller, channel, enabled);
    return { ok: true, channel: instance.name, enabled: instance.enabled, ...NO_RUNTIME };
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.instances.list')
  async listInstances(_params: object, { caller }: RpcContext): Result<'channels.instances.list'> {
    return { instances: (await this.instances.all(caller)).map(infoOf), ...NO_RUNTIME };
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.instances.get', ChannelInstanceParams)
  async get({ id }: ChannelInstanceParams, { caller }: RpcContext): Result<'channels.instances.get'> {
    return infoOf(await this.instances.get(caller, id));
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.instances.create', ChannelInstanceCreateParams)
  async create(
    params: ChannelInstanceCreateParams,
    { caller }: RpcContext,
  ): Result<'channels.instances.create'> {
    return infoOf(await this.instances.create(caller, params));
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.instances.update', ChannelInstanceUpdateParams)
  async update(
    { id, updates }: ChannelInstanceUpdateParams,
    { caller }: RpcContext,
  ): Result<'channels.instances.update'> {
    const changes = readUpdates(ChannelInstanceUpdates, SETTABLE, updates);
    return { ...infoOf(await this.instances.update(caller, id, changes)), status: 'updated' };
  }

  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  @RpcMethod('channels.instances.delete', ChannelInstanceParams)
  async delete({ id }: ChannelInstanceParams, { caller }: RpcContext): Result<'channels.instances.delete'> {
    return { ...infoOf(await this.instances.remove(caller, id)), status: 'deleted' };
  }
}

function infoOf(instance: ChannelInstanceView): ChannelInstanceInfo {
  return { ...instance, ...NO_RUNTIME };
}
