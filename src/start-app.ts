import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AgentSeeder, WorkspaceMarker } from '#agent';
import { ChannelManager } from '#channels';
import type { ConfigService } from '#config';
import { configureGateway } from '#gateway';
import { configureHttp, createHttpAdapter } from '#http';
import { AppError, SystemClock } from '#kernel';
import { ConfigWatcher, useConfigOfDatabase } from '#live-config';
import { GatewayConfig, GatewayToken, requireCommonToken, requireSafeListening } from '#permissions';
import { LocalProviders, ProviderRegistry } from '#providers';
import { RunRecovery } from '#scheduler';
import {
  type Database,
  DatabaseConfig,
  DeploymentFacts,
  deploymentOf,
  isAboveRowSecurity,
  openDatabase,
  requireEncryptionKey,
} from '#store';
import { AppModule } from './app.module.js';
import { Steps } from './steps.js';

/** A first provider on this machine is waited for this long; otherwise it is found in the background. */
const DISCOVERY_WAIT_MS = 500;

const ABOVE_ROW_SECURITY =
  'The role in GOCLAW_POSTGRES_DSN is a superuser, or may bypass row security: the second wall between tenants does not ' +
  'hold for it. Give the gateway a role of its own (docs/data-protection.md).';

/** A gateway that listens. */
export interface StartedApp {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly url: string;
}

/**
 * Starts the gateway step by step. `extensions`: see `AppModule.forRoot`.
 * @throws whatever a step threw, after everything that was opened before it is closed again.
 */
export async function startApp(
  config: ConfigService,
  extensions: readonly DynamicModule[] = [],
): Promise<StartedApp> {
  const steps = new Steps('Start');
  await steps.run('listening rule', () => requireSafeListening(config));
  const database = await steps.run('database', () => open(config));
  const { mode, engine } = deploymentOf(config);
  if (mode === 'managed' && engine === 'embedded') {
    steps.note('Managed mode on the embedded database. Set GOCLAW_POSTGRES_DSN to use a PostgreSQL.');
  }
  let app: NestFastifyApplication | undefined;
  try {
    if (engine === 'postgres' && (await isAboveRowSecurity(database))) steps.warn(ABOVE_ROW_SECURITY);
    await steps.run('encryption key', () => requireEncryptionKey(config, database));
    await steps.run('configuration', () => useConfigOfDatabase(config, database));
    requireSafeListening(config);
    app = await steps.run('modules', () => assemble(config, database, extensions));
    await prepare(app, config, steps);
    const url = await steps.run('listening', () => listen(app, config));
    app.get(ChannelManager).start();
    void app.get(ConfigWatcher).start();
    return { app, database, url };
  } catch (error) {
    await app?.close().catch(() => undefined);
    await database.close().catch(() => undefined);
    throw error;
  }
}

function open(config: ConfigService): Promise<Database> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    postgres_migration_dsn: migrationDsn,
    pool_size: poolSize,
  } = config.get(DatabaseConfig);
  const { dataDir } = deploymentOf(config);
  return openDatabase({ dsn, directDsn, migrationDsn, dataDir, poolSize, clock: new SystemClock() });
}

async function assemble(
  config: ConfigService,
  database: Database,
  extensions: readonly DynamicModule[],
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, database, extensions),
    createHttpAdapter(),
    {
      abortOnError: false,
      bodyParser: false,
    },
  );
  configureHttp(app);
  configureGateway(app);
  return app.init();
}

async function prepare(app: NestFastifyApplication, config: ConfigService, steps: Steps): Promise<void> {
  await steps.run('agreement', () =>
    Promise.all([
      requireCommonToken(app.get(GatewayToken), app.get(DeploymentFacts)),
      app.get(WorkspaceMarker).check(),
    ]),
  );
  await steps.run('agents', () => app.get(AgentSeeder).seed());
  if (deploymentOf(config).mode === 'standalone') await steps.run('local providers', () => discover(app));
  const { interrupted, waiting } = await steps.run('recovery', () => app.get(RunRecovery).recover());
  if (interrupted + waiting > 0)
    steps.note(`${interrupted} interrupted and ${waiting} waiting runs of an earlier gateway are taken up`);
}

async function discover(app: NestFastifyApplication): Promise<void> {
  const looking = app.get(LocalProviders).probe();
  if (app.get(ProviderRegistry).hasUsable) return;
  await Promise.race([looking, new SystemClock().wait(DISCOVERY_WAIT_MS)]);
}

async function listen(app: NestFastifyApplication | undefined, config: ConfigService): Promise<string> {
  const { host, port } = config.get(GatewayConfig);
  try {
    await app?.listen(port, host);
  } catch (error) {
    const code: unknown = Reflect.get(Object(error) as object, 'code');
    if (code === 'EADDRINUSE') {
      throw new AppError(
        'FAILED_PRECONDITION',
        `Port ${port} on ${host} is in use. Stop what listens there, or set GOCLAW_PORT to another port.`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new AppError(
        'FAILED_PRECONDITION',
        `The gateway cannot listen on ${host}:${port} (${code}). Set GOCLAW_HOST and GOCLAW_PORT to an address of this machine and a free port above 1023.`,
        { cause: error },
      );
    }
    throw error;
  }
  const address: unknown = app?.getHttpServer().address();
  const bound = typeof address === 'object' && address !== null ? Number(Reflect.get(address, 'port')) : port;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${bound}`;
}
