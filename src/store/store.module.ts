import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { SecretBox } from '#crypto';
import { Clock } from '#kernel';
import { AgentOverrideStore } from './agents/agent-override.store.js';
import { AgentProfileStore } from './agents/agent-profile.store.js';
import { AgentShareStore } from './agents/agent-share.store.js';
import { AgentStore } from './agents/agent.store.js';
import { ApprovalStore } from './approvals/approval.store.js';
import { ExecAllowanceStore } from './approvals/exec-allowance.store.js';
import { AuditVerification } from './audit/audit-verification.js';
import { AuditStore } from './audit/audit.store.js';
import { ContextFileStore } from './bootstrap/context-file.store.js';
import { ChannelElection } from './channels/channel-election.js';
import { electionOf } from './channels/election-of.js';
import { InboundStore } from './channels/inbound.store.js';
import { OutboxStore } from './channels/outbox.store.js';
import { ApiKeyStore } from './credentials/api-key.store.js';
import { Database } from './database/database.js';
import { DeploymentFacts } from './deployment/deployment-facts.js';
import { PairingStore } from './pairing/pairing.store.js';
import { PeopleStore } from './people/people.store.js';
import { UserDataStore } from './people/user-data.store.js';
import { JobQueue } from './replication/job-queue.js';
import { JobWorker } from './replication/job-worker.js';
import { Notifications } from './replication/notifications.js';
import { Replicas } from './replication/replicas.js';
import { replicationProviders } from './replication/replication-providers.js';
import { ProviderStore } from './providers/provider.store.js';
import { ChannelInstanceStore } from './channels/channel-instance.store.js';
import { McpGrantStore } from './mcp/mcp-grant.store.js';
import { McpRequestStore } from './mcp/mcp-request.store.js';
import { McpOAuthStore } from './mcp/mcp-oauth.store.js';
import { McpServerStore } from './mcp/mcp-server.store.js';
import { SkillGrantStore } from './skills/skill-grant.store.js';
import { SkillStore } from './skills/skill.store.js';
import { CustomToolStore } from './tools/custom-tool.store.js';
import { ChannelRetention } from './retention/channel-retention.js';
import { Retention } from './retention/retention.js';
import { LeaseStore } from './runs/lease.store.js';
import { RunControlStore } from './runs/run-control.store.js';
import { RunEventStore } from './runs/run-event.store.js';
import { RunStore } from './runs/run.store.js';
import { ConfigOverrideStore } from './secrets/config-override.store.js';
import { ConfigSecretStore } from './secrets/config-secret.store.js';
import { SealedStore } from './secrets/sealed.store.js';
import { secretBoxOf } from './secrets/secret-box-of.js';
import { SessionListStore } from './sessions/session-list.store.js';
import { SessionStore } from './sessions/session.store.js';
import { TranscriptStore } from './sessions/transcript.store.js';
import { UsageStore } from './usage/usage.store.js';
import { TracingStore } from './tracing/tracing.store.js';

const STORES = [
  AgentOverrideStore,
  AgentProfileStore,
  AgentShareStore,
  AgentStore,
  ApiKeyStore,
  ApprovalStore,
  AuditStore,
  AuditVerification,
  ContextFileStore,
  ConfigOverrideStore,
  ConfigSecretStore,
  DeploymentFacts,
  ExecAllowanceStore,
  InboundStore,
  LeaseStore,
  OutboxStore,
  PeopleStore,
  PairingStore,
  ProviderStore,
  ChannelInstanceStore,
  McpGrantStore,
  McpRequestStore,
  McpOAuthStore,
  McpServerStore,
  SkillGrantStore,
  SkillStore,
  CustomToolStore,
  RunControlStore,
  RunEventStore,
  RunStore,
  SealedStore,
  SessionListStore,
  SessionStore,
  TracingStore,
  TranscriptStore,
  UsageStore,
  UserDataStore,
];

/** Every store, on a database that is open already. Whoever opened it closes it. */
@Module({})
export class StoreModule {
  static forRoot(database: Database): DynamicModule {
    return {
      module: StoreModule,
      global: true,
      providers: [
        { provide: Database, useValue: database },
        ...replicationProviders(database),
        {
          provide: ChannelElection,
          useFactory: (clock: Clock) => electionOf(database, clock),
          inject: [Clock],
        },
        { provide: SecretBox, useFactory: secretBoxOf, inject: [ConfigService] },
        JobWorker,
        ChannelRetention,
        Retention,
        ...STORES,
      ],
      exports: [ChannelElection, Database, SecretBox, Replicas, Notifications, JobQueue, ...STORES],
    };
  }
}
