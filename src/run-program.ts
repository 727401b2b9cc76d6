import { Logger } from '@nestjs/common';
import { type CliContext, runCli } from '#cli';
import { nodeProblem, PinoLogger } from '#kernel';
import { loadAppConfig } from './app.config.js';

/** The longest interval that a timer takes. */
const FOREVER_MS = 2 ** 31 - 1;

/** After an orderly stop the process ends by itself, at the latest after this. */
const LINGER_MS = 2_000;

const { env, stdin, stdout, stderr } = process;

const context: CliContext = {
  env,
  stdin,
  stdout,
  stderr,
  loadConfig: (path) => loadAppConfig(path, env),
  serve,
};

const problem = nodeProblem(process.versions.node);
if (problem) stderr.write(`${problem}\n`);
process.exitCode = problem ? 1 : await runCli(process.argv.slice(2), context);

/** Runs the gateway until it is told to stop. */
async function serve(options: { config?: string; verbose: boolean }): Promise<number> {
  const isTerminal = stderr.isTTY;
  Logger.overrideLogger(
    new PinoLogger({ level: options.verbose ? 'debug' : isTerminal ? 'warn' : 'info', readable: isTerminal }),
  );
  const config = loadAppConfig(options.config, env);
  const logger = new Logger('Configuration');
  for (const warning of config.warnings) logger.warn(warning);
  // Imported here, so that the other commands start without the whole gateway.
  const [{ startApp }, { stopApp }, { startBanner }] = await Promise.all([
    import('./start-app.js'),
    import('./stop-app.js'),
    import('./start-banner.js'),
  ]);
  // No timer of the program's clock keeps the process alive, and a start may wait on nothing else.
  const alive = setInterval(() => undefined, FOREVER_MS);
  try {
    const stop = Promise.withResolvers<number>();
    const started = await startApp(config);
    stdout.write(`${startBanner(started, config)}\n`);
    onSignals(() => stop.resolve(0));
    const exitCode = await stop.promise;
    await stopApp(started);
    endSoon();
    return exitCode;
  } finally {
    clearInterval(alive);
  }
}

/** The first signal stops in order, a second one at once. */
function onSignals(stop: () => void): void {
  const first = (): void => {
    stop();
    process.once('SIGINT', exitNow).once('SIGTERM', exitNow);
  };
  process.once('SIGINT', first).once('SIGTERM', first);
}

/** Everything is closed: what still holds the process (a hung socket) must not keep it from ending. */
function endSoon(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

function exitNow(): void {
  process.exit(130);
}
