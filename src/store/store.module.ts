import { type DynamicModule, Module } from '@nestjs/common';
import { AgentStore } from './agents/agent.store.js';
import { Database } from './database/database.js';
import { Retention } from './retention/retention.js';
import { RunEventStore } from './runs/run-event.store.js';
import { RunStore } from './runs/run.store.js';
import { SessionStore } from './sessions/session.store.js';
import { TranscriptStore } from './sessions/transcript.store.js';
import { TracingStore } from './tracing/tracing.store.js';

const STORES = [AgentStore, RunEventStore, RunStore, SessionStore, TracingStore, TranscriptStore];

/** Every store, on a database that is open already. Whoever opened it closes it. */
@Module({})
export class StoreModule {
  static forRoot(database: Database): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      providers: [{ provide: Database, useValue: database }, Retention, ...STORES],
      exports: [Database, ...STORES],
    };
  }
}
