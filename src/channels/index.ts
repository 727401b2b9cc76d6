export { ChannelManager } from './channel-manager.js';
export { ChannelsConfig } from './channels.config.js';
export { ChannelsModule } from './channels.module.js';
export { ChannelInstances } from './instances/channel-instances.js';
export { ChannelOverview } from './instances/channel-overview.js';
export { CHANNEL_TYPES } from './instances/channel-types.js';
export type { ChannelInstanceView } from './instances/instance-input.js';
