import type { DynamicModule } from '@nestjs/common';
import { type ChatPlatformAccount, ChatPlatformChannel } from './chat-platform-channel.js';

// oxlint-disable-next-line typescript/no-extraneous-class -- Nest knows modules by classes; Node runs no decorators
class ChatPlatformModule {}

/** Adds accounts on the chat platform to a gateway. */
export function chatPlatformModule(...accounts: readonly ChatPlatformAccount[]): DynamicModule {
  return {
    module: ChatPlatformModule,
    providers: accounts.map((account) => ({
      provide: `chat-platform:${account.name}`,
      useFactory: () => new ChatPlatformChannel(account),
    })),
  };
}
