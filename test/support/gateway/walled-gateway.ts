import { ScriptedLlm } from '../llm/index.js';
import { createRestrictedDatabase, type RestrictedDatabase } from '../postgres/index.js';
import { type GatewayOptions, type RunningGateway, startGateway } from './start-gateway.js';

/** A managed gateway whose role owns nothing, on a PostgreSQL that holds its users apart. */
export interface WalledGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly llm: ScriptedLlm;
  readonly database: RestrictedDatabase;
  /** For a command of the program that works on the same database. */
  readonly cliEnv: Record<string, string>;
}

export async function startWalledGateway(options: GatewayOptions = {}): Promise<WalledGateway> {
  const database = await createRestrictedDatabase();
  const llm = await ScriptedLlm.start();
  const { dsn, migrationDsn } = database;
  const stop = async (): Promise<void> => {
    await llm[Symbol.asyncDispose]();
    await database.drop();
  };
  try {
    const env = { GOCLAW_POSTGRES_MIGRATION_DSN: migrationDsn, ...options.env };
    const gateway = await startGateway({ llm, dsn, ...options, env });
    const cliEnv = {
      GOCLAW_POSTGRES_DSN: dsn,
      GOCLAW_DATA_DIR: gateway.dataDir,
      GOCLAW_CONFIG: gateway.configPath,
      GOCLAW_GATEWAY_TOKEN: gateway.token,
    };
    return {
      gateway,
      llm,
      database,
      cliEnv,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
