import { IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ConfigSection, type ConfigService, Env, EnvOnly, expandPath, Secret } from '#config';

export type Mode = 'standalone' | 'managed';

/** Section `database`, with the locations that only the environment can give. */
@ConfigSection('database', { beforeDatabase: true })
export class DatabaseConfig {
  /** Absent: `managed` when a DSN is set, else `standalone`. */
  @IsOptional()
  @IsIn(['standalone', 'managed'])
  @Env('GOCLAW_MODE')
  mode?: Mode;

  /** PostgreSQL ≥ 15 with pgvector. Absent: an embedded database in the data directory. */
  @IsOptional()
  @IsString()
  @Secret()
  @EnvOnly('GOCLAW_POSTGRES_DSN')
  postgres_dsn?: string;

  /**
   * The same database without a pooler in between. Needed when `postgres_dsn` leads to a pooler that gives a session
   * to several clients (transaction mode): locks and notifications of replicas live in a session. Default: the DSN.
   */
  @IsOptional()
  @IsString()
  @Secret()
  @EnvOnly('GOCLAW_POSTGRES_DIRECT_DSN')
  postgres_direct_dsn?: string;

  /**
   * The same database as the role that owns its tables, for migrations alone. Then the role of `postgres_dsn` needs to own
   * nothing: it is granted what the gateway does. Must be a direct connection.
   */
  @IsOptional()
  @IsString()
  @Secret()
  @EnvOnly('GOCLAW_POSTGRES_MIGRATION_DSN')
  postgres_migration_dsn?: string;

  /** Seals the secrets in the database: 64 hex digits, base64 of 32 bytes, or 32 bytes. The same for all replicas. */
  @IsOptional()
  @IsString()
  @Secret()
  @EnvOnly('GOCLAW_ENCRYPTION_KEY')
  encryption_key?: string;

  /** The key before the current one, while secrets are sealed anew: it opens what it sealed. */
  @IsOptional()
  @IsString()
  @Secret()
  @EnvOnly('GOCLAW_ENCRYPTION_KEY_PREVIOUS')
  encryption_key_previous?: string;

  /** Directory of everything that the gateway keeps on disk. */
  @IsString()
  @EnvOnly('GOCLAW_DATA_DIR')
  data_dir: string = '~/.goclaw/data';

  /** Connections to PostgreSQL that one gateway opens at most. */
  @IsInt()
  @Min(2)
  @Max(200)
  pool_size = 20;
}

/** What the rest of the program needs to know of where and how data is kept. */
export interface Deployment {
  readonly mode: Mode;
  readonly engine: 'embedded' | 'postgres';
  readonly dataDir: string;
}

export function deploymentOf(config: ConfigService): Deployment {
  const { mode, postgres_dsn, data_dir } = config.get(DatabaseConfig);
  return {
    mode: mode ?? (postgres_dsn ? 'managed' : 'standalone'),
    engine: postgres_dsn ? 'postgres' : 'embedded',
    dataDir: expandPath(data_dir),
  };
}
