import { AgentsConfig, IntakeConfig } from '#agent';
import { BrowserConfig } from '#browser';
import { ChannelsConfig } from '#channels';
import {
  type ConfigClass,
  type ConfigService,
  type Environment,
  environmentBeside,
  loadConfig,
} from '#config';
import { McpConfig } from '#mcp';
import { NetworkConfig } from '#net';
import { GatewayConfig } from '#permissions';
import { DiscoveryConfig, ProvidersConfig } from '#providers';
import { EngineConfig } from '#sandbox';
import { SchedulerConfig } from '#scheduler';
import { SkillsConfig } from '#skills';
import { DatabaseConfig, RetentionConfig } from '#store';
import {
  ExecApprovalConfig,
  ExecConfig,
  ImageConfig,
  ToolPolicyConfig,
  ToolsConfig,
  WebConfig,
} from '#tools';
import { resolve } from 'node:path';

const DEFAULT_PATH = 'config.json';

/** Every section of the configuration file. */
const SECTIONS: readonly ConfigClass[] = [
  AgentsConfig,
  BrowserConfig,
  ChannelsConfig,
  DatabaseConfig,
  DiscoveryConfig,
  EngineConfig,
  ExecApprovalConfig,
  ExecConfig,
  GatewayConfig,
  ImageConfig,
  IntakeConfig,
  McpConfig,
  NetworkConfig,
  ProvidersConfig,
  RetentionConfig,
  SchedulerConfig,
  SkillsConfig,
  ToolPolicyConfig,
  ToolsConfig,
  WebConfig,
];

/** The program's configuration: `path`, else `GOCLAW_CONFIG`, else config.json here. @throws ConfigError */
export function loadAppConfig(path: string | undefined, env: Environment): ConfigService {
  const file = resolve(path || env['GOCLAW_CONFIG'] || DEFAULT_PATH);
  return loadConfig({ path: file, env: environmentBeside(file, env), sections: SECTIONS });
}
