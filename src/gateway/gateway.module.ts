import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AgentModule } from '#agent';
import { ProvidersModule } from '#providers';
import { SessionsModule } from '#sessions';
import { ToolsModule } from '#tools';
import { UsageModule } from '#usage';
import { AgentDirectory } from './agent-directory.js';
import { ChatResults } from './chat-results.js';
import { EventHub } from './event-hub.js';
import { HealthMonitor } from './health-monitor.js';
import { MethodRouter } from './method-router.js';
import { AgentsMethods } from './methods/agents.methods.js';
import { ChatResumeMethods } from './methods/chat-resume.methods.js';
import { ChatMethods } from './methods/chat.methods.js';
import { ConfigMethods } from './methods/config.methods.js';
import { ConnectMethods } from './methods/connect.methods.js';
import { ConversationMethods } from './methods/conversation.methods.js';
import { ModelsMethods } from './methods/models.methods.js';
import { SessionsMethods } from './methods/sessions.methods.js';
import { SystemMethods } from './methods/system.methods.js';
import { UsageMethods } from './methods/usage.methods.js';
import { SocketRegistry } from './socket-registry.js';
import { SocketServer } from './socket-server.js';
import { SocketSweep } from './socket-sweep.js';
import { SocketsGateway } from './sockets.gateway.js';

const METHODS = [
  AgentsMethods,
  ChatMethods,
  ChatResumeMethods,
  ConfigMethods,
  ConnectMethods,
  ConversationMethods,
  ModelsMethods,
  SessionsMethods,
  SystemMethods,
  UsageMethods,
];

@Module({
  imports: [AgentModule, DiscoveryModule, ProvidersModule, SessionsModule, ToolsModule, UsageModule],
  providers: [
    ...METHODS,
    AgentDirectory,
    ChatResults,
    EventHub,
    HealthMonitor,
    MethodRouter,
    SocketRegistry,
    SocketServer,
    SocketSweep,
    SocketsGateway,
  ],
  exports: [MethodRouter, SocketServer],
})
export class GatewayModule {}
