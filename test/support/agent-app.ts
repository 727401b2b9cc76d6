import 'reflect-metadata';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentModule, AgentSeeder } from '#agent';
import { BusModule } from '#bus';
import { ConfigModule } from '#config';
import type { Tool } from '#contracts';
import { KernelModule } from '#kernel';
import { NetModule } from '#net';
import { PermissionsModule } from '#permissions';
import { ProcessesModule } from '#processes';
import { RunRecovery, Scheduler } from '#scheduler';
import { type Database, StoreModule } from '#store';
import { TracingModule } from '#tracing';
import { loadAppConfig } from '../../src/app.config.js';
import type { ScriptedLlm } from './llm/index.js';

/** The agent and everything below it, in this process, without sockets. */
export interface AgentApp extends AsyncDisposable {
  get: INestApplicationContext['get'];
  readonly workspace: string;
}

export interface AgentAppOptions {
  readonly llm: ScriptedLlm;
  readonly database: Database;
  readonly env?: Record<string, string>;
  /** Sections of the configuration file. */
  readonly config?: Record<string, unknown>;
  /** Instances of classes that are marked as tools. */
  readonly tools?: readonly Tool[];
}

@Module({})
class AgentTestModule {}

/** Starts it as the program would: agents, recovery. The database is the caller's to close. */
export async function startAgentApp(options: AgentAppOptions): Promise<AgentApp> {
  const { llm, database, env = {}, config, tools = [] } = options;
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-agent-'));
  const path = join(directory, 'config.json');
  writeFileSync(path, JSON.stringify({ providers: { openai: { api_base: llm.openaiUrl } }, ...config }));
  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  const all = {
    GOCLAW_DATA_DIR: directory,
    GOCLAW_WORKSPACE: workspace,
    GOCLAW_PROVIDER: 'openai',
    GOCLAW_MODEL: 'scripted',
    GOCLAW_OPENAI_API_KEY: 'key',
    ...env,
  };
  const loaded = loadAppConfig(path, all);
  const module = {
    module: AgentTestModule,
    imports: [
      KernelModule,
      ConfigModule.forRoot(loaded),
      StoreModule.forRoot(database),
      NetModule,
      ProcessesModule,
      BusModule,
      PermissionsModule,
      TracingModule,
      AgentModule,
    ],
    providers: tools.map((tool, index) => ({ provide: `test-tool-${index}`, useValue: tool })),
  };
  const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
  await app.get(AgentSeeder).seed();
  await app.get(RunRecovery).recover();
  return {
    get: app.get.bind(app),
    workspace,
    [Symbol.asyncDispose]: async () => {
      await app.get(Scheduler).drain(0);
      await app.get(RunRecovery).handOver();
      await app.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
