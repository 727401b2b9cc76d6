import type { AgentAdminMethods } from './methods-agents.js';
import type { ApprovalMethods } from './methods-approvals.js';
import type { BrowserMethods } from './methods-browser.js';
import type { ConfigMethods } from './methods-config.js';
import type { PairingMethods, PendingPairing, Welcome } from './methods-pairing.js';
import type { RecordMethods } from './methods-records.js';
import type { McpMethods } from './methods-mcp.js';
import type { ToolMethods } from './methods-tools.js';
import type { CutReason, LogPosition, RunOutcome, TokenUsage } from './run-events.js';

/** One message of a transcript as clients see it. */
export interface HistoryMessage {
  id: string;
  seq: number;
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  tool_calls?: { id: string; name: string; arguments: Record<string, unknown> }[];
  tool_call_id?: string;
  runId?: string;
  createdAt: string;
}

export interface AgentInfo {
  id: string;
  name: string;
  model: string;
  provider: string;
  isDefault: boolean;
  isRunning: boolean;
}

export interface SessionInfo {
  key: string;
  messageCount: number;
  created: string;
  updated: string;
  label: string;
  model: string;
  provider: string;
  channel: string;
  inputTokens: number;
  outputTokens: number;
}

/** Result of `chat.send` and `chat.resume`: how the run ended. */
export interface ChatResult {
  runId: string;
  sessionKey: string;
  status: RunOutcome;
  content: string;
  usage: TokenUsage;
  /** Why the answer is not whole, when it is not. */
  cut?: CutReason;
  /** The run that answered, when this one was merged into it. */
  mergedInto?: string;
}

export interface UsageRecord {
  agentId: string;
  sessionKey: string;
  model: string;
  provider: string;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  timestamp: number;
}

export interface UsageTotals {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  sessions: number;
}

export interface ModelInfo {
  id: string;
  provider: string;
  isDefault: boolean;
}

export interface ChatSendParams {
  message: string;
  agentId?: string;
  sessionKey?: string;
  /** `true`: publish `chunk` and `thinking` events while the run goes. */
  stream?: boolean;
  idempotencyKey?: string;
  /** Images as data URLs or https URLs, for models that take them. */
  images?: string[];
}

type Method<P, R> = { params: P; result: R };

/** Parameters and result of every method, by name. */
export interface Methods
  extends
    McpMethods,
    ToolMethods,
    AgentAdminMethods,
    ApprovalMethods,
    BrowserMethods,
    ConfigMethods,
    PairingMethods,
    RecordMethods {
  /** Says who the socket is. May be repeated; each time decides anew. */
  connect: Method<
    {
      /** The gateway token or an API key. */
      token?: string;
      user_id?: string;
      /** Of a paired browser, instead of a token. */
      sender_id?: string;
      /** A JWT of the company's auth service, where user ids must be signed. */
      identity?: string;
      protocolVersion?: number;
    },
    Welcome | PendingPairing
  >;
  /** Whether the gateway works. Without credentials: its status alone. */
  health: Method<
    undefined,
    {
      status: 'ok' | 'degraded';
      uptime?: number;
      version?: string;
      mode?: string;
      database?: string;
      /** `invalid`: what is written down cannot be used, and the configuration before it is in effect. */
      configuration?: 'ok' | 'invalid';
      tools?: number;
      sessions?: number;
      clients?: number;
      /** Gateways on the same database, this one among them. */
      replicas?: number;
    }
  >;
  /** Agents that the caller may use, with what goes on. */
  status: Method<undefined, { agents: AgentInfo[]; clients: number; sessions: number; runs: number }>;
  /** Sends a message to an agent. Answered once, when its run has ended. */
  'chat.send': Method<ChatSendParams, ChatResult>;
  /** Goes on reading a run: events after `after` come again, then the result. */
  'chat.resume': Method<{ runId?: string; idempotencyKey?: string; after?: LogPosition }, ChatResult>;
  /** Messages of a conversation, oldest first. */
  'chat.history': Method<
    { agentId?: string; sessionKey?: string; limit?: number; before?: number },
    { messages: HistoryMessage[] }
  >;
  /** Stops a run, or every run of a conversation. */
  'chat.abort': Method<
    { runId?: string; sessionKey?: string },
    { ok: true; aborted: boolean; runIds: string[] }
  >;
  /** Appends a message of the assistant without a run. */
  'chat.inject': Method<
    { sessionKey: string; message: string; label?: string },
    { ok: true; messageId: string }
  >;
  /** Whether this socket hears the events of all users. */
  'events.subscribe': Method<{ all?: boolean }, { ok: true; all: boolean }>;
  /** Hears the events of its own user alone again. */
  'events.unsubscribe': Method<undefined, { ok: true; all: boolean }>;
  /** Whether an agent is at work. */
  agent: Method<{ agentId?: string }, { id: string; name: string; isRunning: boolean }>;
  /** Waits until an agent, or one run, has ended. */
  'agent.wait': Method<
    { agentId?: string; runId?: string; timeoutMs?: number },
    { id: string; status: string; runId?: string }
  >;
  /** Agents that the caller may use. */
  'agents.list': Method<undefined, { agents: AgentInfo[] }>;
  /** How an agent presents itself. */
  'agent.identity.get': Method<
    { agentId?: string; sessionKey?: string },
    { agentId: string; name?: string; emoji?: string; avatar?: string; description?: string }
  >;
  /** The caller's conversations, newest first. */
  'sessions.list': Method<
    { agentId?: string; limit?: number; before?: string },
    { sessions: SessionInfo[]; next?: string }
  >;
  /** The newest messages of a conversation, oldest first. */
  'sessions.preview': Method<{ key: string }, { key: string; messages: HistoryMessage[]; summary: string }>;
  /** Changes the label or the model of a conversation; an empty model is the agent's own. */
  'sessions.patch': Method<{ key: string; label?: string; model?: string }, { ok: true; key: string }>;
  /** Names a conversation. */
  'sessions.label': Method<{ key: string; label: string }, { ok: true; key: string }>;
  /** Stops what goes on in a conversation, and removes it. */
  'sessions.delete': Method<{ key: string }, { ok: true }>;
  /** Stops what goes on in a conversation; it begins anew. */
  'sessions.reset': Method<{ key: string }, { ok: true }>;
  /** Models of all usable providers. */
  'models.list': Method<undefined, { models: ModelInfo[] }>;
  /** Tokens by conversation, newest first. */
  'usage.get': Method<{ agentId?: string; limit?: number }, { records: UsageRecord[] }>;
  /** Tokens by agent. */
  'usage.summary': Method<
    { agentId?: string },
    { byAgent: Record<string, UsageTotals>; totalRecords: number }
  >;
}

export type MethodName = keyof Methods;
