import { fileURLToPath } from 'node:url';

/** What Node is told to run a gateway with an account on the chat platform: `program` of `startGateway`. */
export const CHAT_GATEWAY: readonly string[] = [
  '--import',
  new URL('../../run-typescript.mjs', import.meta.url).href,
  fileURLToPath(new URL('./main.ts', import.meta.url)),
];
