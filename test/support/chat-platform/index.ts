export { ChatPlatform, type ChatPlatformOptions } from './chat-platform.js';
export { ChatPlatformChannel } from './chat-platform-channel.js';
export { chatPlatformModule } from './chat-platform-module.js';
export { CHAT_GATEWAY } from './gateway/program.js';
