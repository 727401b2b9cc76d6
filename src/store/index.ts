export { AgentEntity } from './agents/agent.entity.js';
export { type AgentChanges, type AgentFilter, AgentStore, type AgentValues } from './agents/agent.store.js';
export {
  type AgentOverrideRow,
  AgentOverrideStore,
  type OverrideSettings,
  type OverrideValues,
} from './agents/agent-override.store.js';
export { AgentProfileStore } from './agents/agent-profile.store.js';
export { type AgentShareRow, AgentShareStore } from './agents/agent-share.store.js';
export {
  type ContextFileOwner,
  type ContextFileRow,
  ContextFileStore,
} from './bootstrap/context-file.store.js';
export {
  type AllowanceKey,
  APPROVAL_STATES,
  type ApprovalDecision,
  type ApprovalRow,
  type ApprovalState,
  type ExecAllowanceRow,
} from './approvals/approval-rows.js';
export { type ApprovalFilter, ApprovalStore } from './approvals/approval.store.js';
export {
  type AllowanceFilter,
  ALLOWANCES_MAX,
  ExecAllowanceStore,
} from './approvals/exec-allowance.store.js';
export type { AuditEntry, AuditOutcome, AuditRow } from './audit/audit-entry.js';
export { AuditVerification } from './audit/audit-verification.js';
export { type AuditFilter, AuditStore } from './audit/audit.store.js';
export { ApiKeyStore } from './credentials/api-key.store.js';
export {
  type ApiKeyFilter,
  type ApiKeyRow,
  type ApiKeyState,
  KEY_STATUSES,
  type KeyStatus,
} from './credentials/api-key-row.js';
export { ChannelElection } from './channels/channel-election.js';
export { LockElection } from './channels/lock-election.js';
export { InboundMessageEntity } from './channels/inbound-message.entity.js';
export { InboundStore, type PendingMessage, type Rejection } from './channels/inbound.store.js';
export { OutboxMessageEntity } from './channels/outbox-message.entity.js';
export {
  type ClaimedMessage,
  type DeliveryClaim,
  type DeliveryEnd,
  type OpenAttempt,
  OutboxStore,
  type RetryTerms,
} from './channels/outbox.store.js';
export { SoleElection } from './channels/sole-election.js';
export { DatabaseConfig, type Deployment, deploymentOf, type Mode } from './database.config.js';
export { type Queryable } from './database/statement.js';
export { makeDataDirectory } from './database/data-directory.js';
export { Database } from './database/database.js';
export { hasEmbeddedDatabase } from './database/embedded.js';
export { type MigrationSession, openMigrations } from './database/migration-session.js';
export { type DatabaseOptions, openDatabase } from './database/open-database.js';
export { isAboveRowSecurity } from './database/role-privileges.js';
export { isOutcomeUnknown, isUnavailable } from './database/pg-errors.js';
export { DeploymentFacts } from './deployment/deployment-facts.js';
export { type JobHandler, JobQueue } from './replication/job-queue.js';
export {
  NOTIFICATION_MAX_BYTES,
  type NotificationListener,
  Notifications,
  type NotificationTopic,
} from './replication/notifications.js';
export { Replicas } from './replication/replicas.js';
export { type ChannelInstanceRow, ChannelInstanceStore } from './channels/channel-instance.store.js';
export { type McpAgentGrantRow, McpGrantStore, type McpUserGrantRow } from './mcp/mcp-grant.store.js';
export { type McpRequestRow, type McpRequestStatus, McpRequestStore } from './mcp/mcp-request.store.js';
export {
  type McpFlowRow,
  McpOAuthStore,
  type McpTokenRow,
  type StoredTokens,
} from './mcp/mcp-oauth.store.js';
export { type McpServerRow, McpServerStore } from './mcp/mcp-server.store.js';
export { agentExists } from './records/agent-exists.js';
export {
  type SkillAgentGrantRow,
  SkillGrantStore,
  type SkillUserGrantRow,
} from './skills/skill-grant.store.js';
export { type SkillRow, SkillStore, type SkillVisibility } from './skills/skill.store.js';
export { type CustomToolRow, CustomToolStore } from './tools/custom-tool.store.js';
export { Conditions } from './listing/conditions.js';
export { type Page, PAGE_MAX, type PageRequest } from './listing/page.js';
export { type ProviderRow, ProviderStore } from './providers/provider.store.js';
export { type RecordRow, type RecordTable } from './records/record-table.js';
export type { PairedDeviceRow, PairingRequestRow } from './pairing/pairing-rows.js';
export { PairingStore } from './pairing/pairing.store.js';
export { ConfigOverrideStore } from './secrets/config-override.store.js';
export { ConfigSecretStore } from './secrets/config-secret.store.js';
export { ENCRYPTION_KEY_FILE } from './secrets/encryption-keys.js';
export { requireEncryptionKey } from './secrets/common-key.js';
export { SEALED_COLUMNS } from './secrets/sealed-columns.js';
export { SealedStore } from './secrets/sealed.store.js';
export { secretBoxOf } from './secrets/secret-box-of.js';
export { type ColumnProgress, inspectSecrets, rotateSecrets } from './secrets/secret-rotation.js';
export { PeopleStore } from './people/people.store.js';
export { type OwnedObject, UserDataStore } from './people/user-data.store.js';
export { RetentionConfig } from './retention/retention.config.js';
export { RunEventStore, type RunEventRow } from './runs/run-event.store.js';
export { NO_USAGE } from './runs/run-rows.js';
export { LeaseStore } from './runs/lease.store.js';
export { type OpenRunSelector, RunControlStore } from './runs/run-control.store.js';
export { RunStore } from './runs/run.store.js';
export type {
  Lease,
  LeasedSession,
  LeaseTerms,
  LeftRun,
  NewRun,
  OutboxMessage,
  RunEnd,
  RunInput,
  RunPeer,
  RunProgress,
  RunRecord,
} from './runs/run-types.js';
export type { NewMessage, StoredMessage } from './sessions/message-rows.js';
export {
  type MessageRange,
  type SessionFilter,
  SessionListStore,
  type SessionRecord,
} from './sessions/session-list.store.js';
export { SessionEntity } from './sessions/session.entity.js';
export { type SessionPage, SessionStore, type SessionUsage } from './sessions/session.store.js';
export { isSessionBusy } from './sessions/session-turn.js';
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
export { type Grouping, GROUPINGS } from './usage/groupings.js';
export { type UsageGroup, type UsageNarrowing, type UsageRow, UsageStore } from './usage/usage.store.js';
