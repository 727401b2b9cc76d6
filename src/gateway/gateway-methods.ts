import { AgentAdminMethods } from './methods/agent-admin.methods.js';
import { AgentFilesMethods } from './methods/agent-files.methods.js';
import { AgentsMethods } from './methods/agents.methods.js';
import { ApprovalsMethods } from './methods/approvals.methods.js';
import { BrowserMethods } from './methods/browser.methods.js';
import { ChannelsMethods } from './methods/channels.methods.js';
import { ChatResumeMethods } from './methods/chat-resume.methods.js';
import { ChatMethods } from './methods/chat.methods.js';
import { ConfigMethods } from './methods/config.methods.js';
import { ConnectMethods } from './methods/connect.methods.js';
import { ConversationMethods } from './methods/conversation.methods.js';
import { McpMethods } from './methods/mcp.methods.js';
import { ModelsMethods } from './methods/models.methods.js';
import { PairingMethods } from './methods/pairing.methods.js';
import { SessionsMethods } from './methods/sessions.methods.js';
import { HealthMethods } from './methods/health.methods.js';
import { SkillsMethods } from './methods/skills.methods.js';
import { StatusMethods } from './methods/status.methods.js';
import { ToolsMethods } from './methods/tools.methods.js';
import { UsageMethods } from './methods/usage.methods.js';

/** Every class with methods of the protocol. */
export const METHODS = [
  AgentAdminMethods,
  AgentFilesMethods,
  AgentsMethods,
  ApprovalsMethods,
  BrowserMethods,
  ChannelsMethods,
  ChatMethods,
  ChatResumeMethods,
  ConfigMethods,
  ConnectMethods,
  ConversationMethods,
  McpMethods,
  ModelsMethods,
  PairingMethods,
  SessionsMethods,
  HealthMethods,
  SkillsMethods,
  StatusMethods,
  ToolsMethods,
  UsageMethods,
];
