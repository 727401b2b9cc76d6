#!/usr/bin/env node
import { Logger } from '@nestjs/common';
import { type CliContext, runCli } from '#cli';
import { PinoLogger } from '#kernel';
import { loadAppConfig } from './app.config.js';

const { env, stdin, stdout, stderr } = process;

const context: CliContext = {
  env,
  stdin,
  stdout,
  stderr,
  loadConfig: (path) => loadAppConfig(path, env),
  serve,
};

process.exitCode = await runCli(process.argv.slice(2), context);

/** Runs the gateway until it is told to stop. A second signal stops it at once. */
async function serve(options: { config?: string; verbose: boolean }): Promise<number> {
  const isTerminal = Boolean(stderr.isTTY);
  Logger.overrideLogger(
    new PinoLogger({ level: options.verbose ? 'debug' : isTerminal ? 'warn' : 'info', readable: isTerminal }),
  );
  const config = loadAppConfig(options.config, env);
  const logger = new Logger('Configuration');
  for (const warning of config.warnings) logger.warn(warning);
  // Imported here, so that the other commands start without the whole gateway.
  const [{ startApp }, { stopApp }, { startBanner }] = await Promise.all([
    import('./app.start.js'),
    import('./app.stop.js'),
    import('./app.banner.js'),
  ]);
  const stop = Promise.withResolvers<void>();
  const started = await startApp(config, (error) => {
    logger.fatal(error);
    stop.resolve();
  });
  stdout.write(`${startBanner(started, config)}\n`);
  const onSignal = (): void => {
    stop.resolve();
    process.once('SIGINT', exitNow).once('SIGTERM', exitNow);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  await stop.promise;
  await stopApp(started);
  return 0;
}

function exitNow(): void {
  process.exit(130);
}
