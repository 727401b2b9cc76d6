import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { AgentsConfig } from '#agent';
import { type ConfigService, type Environment, loadConfig } from '#config';
import { GatewayConfig } from '#permissions';
import { DiscoveryConfig, ProvidersConfig } from '#providers';
import { DatabaseConfig } from '#store';
import type { CliContext } from './cli-context.js';

const SECTIONS = [AgentsConfig, DatabaseConfig, DiscoveryConfig, GatewayConfig, ProvidersConfig];

/** A context on streams of its own, which keeps what is written. */
export interface TestContext extends CliContext {
  readonly stdout: NodeJS.WriteStream & { readonly text: string };
  readonly stderr: NodeJS.WriteStream & { readonly text: string };
  readonly stdin: NodeJS.ReadStream & PassThrough;
  /** What `serve` was called with. */
  readonly served: { config?: string; verbose: boolean }[];
}

export interface TestContextOptions {
  readonly env?: Environment;
  /** Whether all three streams claim to be a terminal. */
  readonly isTerminal?: boolean;
  readonly config?: Record<string, unknown>;
  /** The text of the configuration file, where `config` is too well-formed. */
  readonly configText?: string;
}

export function testContext(options: TestContextOptions = {}): TestContext {
  const { env = {}, isTerminal = false } = options;
  const served: { config?: string; verbose: boolean }[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal, setRawMode: () => stdin });
  return {
    env,
    stdin: stdin as unknown as TestContext['stdin'],
    stdout: keepingStream(isTerminal),
    stderr: keepingStream(isTerminal),
    served,
    loadConfig: () => testConfig(options),
    serve: (given) => {
      served.push(given);
      return Promise.resolve(0);
    },
  };
}

/** A configuration file in a directory of its own, which goes with the test, loaded. @throws ConfigError */
export function testConfig({ config = {}, configText, env = {} }: TestContextOptions = {}): ConfigService {
  const directory = mkdtempSync(join(tmpdir(), 'goclaw-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'config.json');
  writeFileSync(path, configText ?? JSON.stringify(config));
  return loadConfig({ path, env: { GOCLAW_DATA_DIR: join(directory, 'data'), ...env }, sections: SECTIONS });
}

function keepingStream(isTTY: boolean): NodeJS.WriteStream & { readonly text: string } {
  const stream = new PassThrough();
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const extras = Object.defineProperty({ isTTY, columns: 80 }, 'text', { get: () => text, enumerable: true });
  Object.defineProperties(stream, Object.getOwnPropertyDescriptors(extras));
  return stream as unknown as NodeJS.WriteStream & { readonly text: string };
}
