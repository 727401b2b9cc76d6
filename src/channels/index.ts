export { ChannelManager } from './channel-manager.js';
export { ChannelsConfig } from './channels.config.js';
export { ChannelsModule } from './channels.module.js';
