import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AgentModule } from '#agent';
import { ChannelManager } from './channel-manager.js';
import { ChannelRegistry } from './channel-registry.js';
import { ChannelInstances } from './instances/channel-instances.js';
import { ChannelOverview } from './instances/channel-overview.js';
import { ChannelReceiver } from './intake/channel-receiver.js';
import { MessageIntake } from './intake/message-intake.js';
import { Delivery } from './outbox/delivery.js';
import { OutboxDispatcher } from './outbox/outbox-dispatcher.js';
import { ReplyReady } from './outbox/reply-ready.js';

@Module({
  imports: [AgentModule, DiscoveryModule],
  providers: [
    ChannelInstances,
    ChannelOverview,
    ChannelManager,
    ChannelReceiver,
    ChannelRegistry,
    Delivery,
    MessageIntake,
    OutboxDispatcher,
    ReplyReady,
  ],
  exports: [ChannelInstances, ChannelManager, ChannelOverview],
})
export class ChannelsModule {}
