import { Injectable } from '@nestjs/common';
import { PairingService } from '#pairing';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { toPairedDevice, toPendingDevice } from '../pairing-shape.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { DeviceParams, PairApproveParams, PairingStatusParams, PairRequestParams } from './pairing.dto.js';

/** Browsers and chats that are let in by an admin. */
@Injectable()
export class PairingMethods {
  constructor(private readonly pairing: PairingService) {}

  @Access('operator', { scope: 'operator.pairing', ownership: 'own' })
  @RpcMethod('device.pair.request', PairRequestParams)
  async request(
    { senderId, channel, chatId = '', accountId }: PairRequestParams,
    { caller }: RpcContext,
  ): Promise<Methods['device.pair.request']['result']> {
    const { code } = await this.pairing.requestFor(caller, { senderId, channel, chatId, accountId });
    return { code };
  }

  @Access('admin', { scope: 'operator.pairing' })
  @RpcMethod('device.pair.approve', PairApproveParams)
  async approve(
    { code, approvedBy, userId }: PairApproveParams,
    { caller }: RpcContext,
  ): Promise<Methods['device.pair.approve']['result']> {
    return { paired: toPairedDevice(await this.pairing.approve(caller, code, { approvedBy, userId })) };
  }

  @Access('operator', { scope: 'operator.pairing', ownership: 'own' })
  @RpcMethod('device.pair.list')
  async list(_params: object, { caller }: RpcContext): Promise<Methods['device.pair.list']['result']> {
    const { pending, paired } = await this.pairing.list(caller);
    return { pending: pending.map(toPendingDevice), paired: paired.map(toPairedDevice) };
  }

  @Access('admin', { scope: 'operator.pairing' })
  @RpcMethod('device.pair.revoke', DeviceParams)
  async revoke(
    { senderId, channel }: DeviceParams,
    { caller }: RpcContext,
  ): Promise<Methods['device.pair.revoke']['result']> {
    await this.pairing.revoke(caller, senderId, channel);
    return { revoked: true };
  }

  @Access('none')
  @RpcMethod('browser.pairing.status', PairingStatusParams)
  async status(
    { sender_id: senderId }: PairingStatusParams,
    { socket }: RpcContext,
  ): Promise<Methods['browser.pairing.status']['result']> {
    return { status: await this.pairing.standing(socket.address, senderId) };
  }
}
