import { AgentEntity } from '../agents/agent.entity.js';
import { InboundMessageEntity } from '../channels/inbound-message.entity.js';
import { OutboxMessageEntity } from '../channels/outbox-message.entity.js';
import { RunEventEntity } from '../runs/run-event.entity.js';
import { RunEntity } from '../runs/run.entity.js';
import { SessionMessageEntity } from '../sessions/session-message.entity.js';
import { SessionEntity } from '../sessions/session.entity.js';
import { SpanEntity } from '../tracing/span.entity.js';
import { TraceEntity } from '../tracing/trace.entity.js';

/** Every mapped table. */
export const ENTITIES = [
  AgentEntity,
  InboundMessageEntity,
  OutboxMessageEntity,
  RunEntity,
  RunEventEntity,
  SessionEntity,
  SessionMessageEntity,
  SpanEntity,
  TraceEntity,
];
