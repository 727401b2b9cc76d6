export { ChatPlatform, type ChatPlatformOptions } from './chat-platform.js';
export { CHAT_GATEWAY } from './gateway/program.js';
