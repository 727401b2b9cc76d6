import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { AgentStore } from './agents/agent.store.js';
import { DatabaseConfig, deploymentOf } from './database.config.js';
import { Database } from './database/database.js';
import { openDatabase } from './database/open-database.js';
import { RunEventStore } from './runs/run-event.store.js';
import { RunStore } from './runs/run.store.js';
import { SessionStore } from './sessions/session.store.js';
import { TranscriptStore } from './sessions/transcript.store.js';
import { TracingStore } from './tracing/tracing.store.js';

const STORES = [AgentStore, RunEventStore, RunStore, SessionStore, TracingStore, TranscriptStore];

@Global()
@Module({
  providers: [
    {
      provide: Database,
      inject: [ConfigService, Clock],
      useFactory: (config: ConfigService, clock: Clock) => {
        const { postgres_dsn: dsn, pool_size: poolSize } = config.get(DatabaseConfig);
        const { dataDir } = deploymentOf(config);
        return openDatabase({ dsn, dataDir, poolSize, clock, onLockLost: exitLocked });
      },
    },
    ...STORES,
  ],
  exports: [Database, ...STORES],
})
export class StoreModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/** Going on beside another gateway on the same database would execute runs twice. */
function exitLocked(error: Error): void {
  process.emitWarning(error.message);
  process.kill(process.pid, 'SIGTERM');
}
