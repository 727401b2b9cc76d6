export { AgentEntity } from './agents/agent.entity.js';
export { AgentStore, type AgentValues } from './agents/agent.store.js';
export { DatabaseConfig, type Deployment, deploymentOf, type Mode } from './database.config.js';
export { makeDataDirectory } from './database/data-directory.js';
export { Database } from './database/database.js';
export { hasEmbeddedDatabase } from './database/embedded.js';
export { type MigrationSession, openMigrations } from './database/migration-session.js';
export { type DatabaseOptions, openDatabase } from './database/open-database.js';
export { isOutcomeUnknown, isUnavailable } from './database/pg-errors.js';
export {
  JOB_NAMES,
  type JobHandler,
  type JobName,
  type JobOptions,
  JobQueue,
} from './replication/job-queue.js';
export {
  NOTIFICATION_MAX_BYTES,
  NOTIFICATION_TOPICS,
  type NotificationListener,
  Notifications,
  type NotificationTopic,
} from './replication/notifications.js';
export { Replicas } from './replication/replicas.js';
export { RunEventStore, type RunEventRow } from './runs/run-event.store.js';
export { NO_USAGE } from './runs/run-rows.js';
export { type LeaseTerms, RunStore } from './runs/run.store.js';
export type {
  Lease,
  LeasedSession,
  NewRun,
  QueuedRun,
  RunEnd,
  RunInput,
  RunRecord,
} from './runs/run-types.js';
export type { NewMessage, StoredMessage } from './sessions/message-rows.js';
export { SessionEntity } from './sessions/session.entity.js';
export { type SessionPage, SessionStore, type SessionUsage } from './sessions/session.store.js';
export { TranscriptStore } from './sessions/transcript.store.js';
export { StoreError, type StoreReason } from './store.errors.js';
export { StoreModule } from './store.module.js';
export { SpanEntity } from './tracing/span.entity.js';
export { TraceEntity } from './tracing/trace.entity.js';
export {
  type SpanRecord,
  type TraceFilter,
  type TraceRecord,
  TracingStore,
} from './tracing/tracing.store.js';
