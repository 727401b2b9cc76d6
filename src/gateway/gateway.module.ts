import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AgentModule } from '#agent';
import { BrowserModule } from '#browser';
import { ChannelsModule } from '#channels';
import { LiveConfigModule } from '#live-config';
import { McpModule } from '#mcp';
import { PairingModule } from '#pairing';
import { ProvidersModule } from '#providers';
import { SessionsModule } from '#sessions';
import { SkillsModule } from '#skills';
import { ApprovalsModule, ToolsModule } from '#tools';
import { UsageModule } from '#usage';
import { AgentDirectory } from './agent-directory.js';
import { ChatResults } from './chat-results.js';
import { ApprovalEvents } from './approval-events.js';
import { SocketDocsController } from './docs/socket-docs.controller.js';
import { EventHub } from './event-hub.js';
import { METHODS } from './gateway-methods.js';
import { HealthMonitor } from './health-monitor.js';
import { MethodRouter } from './method-router.js';
import { PairingEvents } from './pairing-events.js';
import { SocketRegistry } from './socket-registry.js';
import { SocketServer } from './socket-server.js';
import { SocketSweep } from './socket-sweep.js';
import { SocketsGateway } from './sockets.gateway.js';

@Module({
  imports: [
    AgentModule,
    ApprovalsModule,
    BrowserModule,
    ChannelsModule,
    DiscoveryModule,
    PairingModule,
    LiveConfigModule,
    McpModule,
    ProvidersModule,
    SessionsModule,
    SkillsModule,
    ToolsModule,
    UsageModule,
  ],
  controllers: [SocketDocsController],
  providers: [
    ...METHODS,
    AgentDirectory,
    ApprovalEvents,
    ChatResults,
    EventHub,
    HealthMonitor,
    MethodRouter,
    PairingEvents,
    SocketRegistry,
    SocketServer,
    SocketSweep,
    SocketsGateway,
  ],
  exports: [MethodRouter, SocketServer],
})
export class GatewayModule {}
