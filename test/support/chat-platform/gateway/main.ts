/**
 * `goclaw serve` with an account on the chat platform for tests: the built program, and one module more. The
 * environment says where the platform is (`CHAT_PLATFORM_URL`), whether it knows keys (`CHAT_PLATFORM_IDEMPOTENT`),
 * and how long its answers are waited for (`CHAT_PLATFORM_TIMEOUT_MS`).
 */
import { Logger } from '@nestjs/common';
import { parseArgs } from 'node:util';
import { PinoLogger } from '#kernel';
import type * as AppConfig from '../../../../src/app.config.js';
import type * as StartApp from '../../../../src/start-app.js';
import type * as StartBanner from '../../../../src/start-banner.js';
import type * as StopApp from '../../../../src/stop-app.js';
import { chatPlatformModule } from '../chat-platform-module.js';

const DIST = new URL('../../../../dist/src/', import.meta.url);
const TIMEOUT_MS = 5_000;
const LINGER_MS = 2_000;

const { loadAppConfig } = await built<typeof AppConfig>('app.config.js');
const { startApp } = await built<typeof StartApp>('start-app.js');
const { startBanner } = await built<typeof StartBanner>('start-banner.js');
const { stopApp } = await built<typeof StopApp>('stop-app.js');

const { env } = process;
const { values } = parseArgs({ options: { config: { type: 'string' } }, allowPositionals: true });
Logger.overrideLogger(new PinoLogger({ level: 'info', readable: false }));
const config = loadAppConfig(values.config, env);
const account = {
  name: 'chat',
  url: env['CHAT_PLATFORM_URL'] ?? '',
  idempotent: env['CHAT_PLATFORM_IDEMPOTENT'] !== 'false',
  timeoutMs: Number(env['CHAT_PLATFORM_TIMEOUT_MS'] ?? TIMEOUT_MS),
};
const started = await startApp(config, [chatPlatformModule(account)]);
console.log(startBanner(started, config));
process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  await stopApp(started);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

async function built<Module>(file: string): Promise<Module> {
  return (await import(new URL(file, DIST).href)) as Module;
}
