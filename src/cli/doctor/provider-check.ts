import { NestFactory } from '@nestjs/core';
import { AgentsConfig } from '#agent';
import { ConfigModule, type ConfigService } from '#config';
import { LlmError, type LlmErrorKind } from '#contracts';
import { KernelModule } from '#kernel';
import {
  KNOWN_PROVIDERS,
  LocalProviders,
  type ProviderInfo,
  ProviderRegistry,
  ProvidersModule,
} from '#providers';
import { deploymentOf } from '#store';
import type { Finding } from './finding.js';

const check = 'provider';

/** A provider that does not list its models within this time counts as unreachable. */
const LIST_LIMIT_MS = 5_000;

/** Statuses of an endpoint that is there and has no list of models. */
const WITHOUT_LIST: ReadonlySet<number | undefined> = new Set([404, 405, 501]);

const TEMPORARY: ReadonlySet<LlmErrorKind> = new Set(['rate-limited', 'overloaded', 'server']);

/** Which providers can be used, whether each answers, and whether agents name only such. */
export async function checkProviders(config: ConfigService): Promise<Finding[]> {
  const app = await NestFactory.createApplicationContext(
    { module: ProvidersModule, imports: [KernelModule, ConfigModule.forRoot(config)] },
    { logger: false, abortOnError: false },
  );
  const isManaged = deploymentOf(config).mode === 'managed';
  try {
    const registry = app.get(ProviderRegistry);
    if (!isManaged) await app.get(LocalProviders).probe();
    const usable = registry.list().filter((provider) => provider.usable);
    if (usable.length === 0) return [isManaged ? noneBesideTheDatabase() : noProvider()];
    const answers = await Promise.all(usable.map((provider) => ask(registry, provider)));
    return [...answers, ...checkAgents(config, registry)];
  } finally {
    await app.close();
  }
}

function noProvider(): Finding {
  const names = Object.keys(KNOWN_PROVIDERS).join(', ');
  return {
    check,
    level: 'problem',
    message: `none can be used, so no agent can answer; these need only a key: ${names}`,
    remedy:
      'Set one key, e.g. GOCLAW_ANTHROPIC_API_KEY, in the environment or in .env.local beside the configuration file, or start Ollama, LM Studio or vLLM on this machine.',
  };
}

/** Providers of the database are the running gateway's to try: the doctor has no key to open theirs with. */
function noneBesideTheDatabase(): Finding {
  return {
    check,
    level: 'warning',
    message:
      'none in the environment or the configuration file; those of the database are not looked at here',
    remedy:
      'GET /v1/providers of the running gateway lists those, and POST /v1/providers/{id}/test tries one. Without any, create one at /docs, or set a key, e.g. GOCLAW_ANTHROPIC_API_KEY.',
  };
}

async function ask(registry: ProviderRegistry, provider: ProviderInfo): Promise<Finding> {
  const { name, source, defaultModel } = provider;
  const signal = AbortSignal.timeout(LIST_LIMIT_MS);
  const title = `${name}${source === 'local' ? ' (found on this machine)' : ''}`;
  const model = defaultModel === undefined ? '' : `, default ${defaultModel}`;
  try {
    const { length } = await registry.modelsOf(name, signal);
    return { check, level: 'ok', message: `${title} answers, models: ${length}${model}` };
  } catch (error) {
    if (!(error instanceof LlmError)) throw error;
    if (WITHOUT_LIST.has(error.status))
      return { check, level: 'ok', message: `${title} answers, without a list of models${model}` };
    return explain(provider, error, signal.aborted);
  }
}

function explain({ name, apiBase }: ProviderInfo, error: LlmError, isLate: boolean): Finding {
  const key = keyOf(name);
  if (isLate) {
    const message = `${name} did not answer at ${apiBase} within ${LIST_LIMIT_MS / 1_000} s`;
    return { check, level: 'problem', message, remedy: reachRemedy(name, apiBase) };
  }
  const message = `${name}: ${error.message}`;
  if (error.kind === 'authentication')
    return { check, level: 'problem', message, remedy: `Set ${key} to a valid key.` };
  if (error.kind === 'billing')
    return { check, level: 'problem', message, remedy: 'Look at credit and billing of that account.' };
  if (TEMPORARY.has(error.kind))
    return { check, level: 'warning', message, remedy: 'Usually passes; run the doctor again in a while.' };
  return { check, level: 'problem', message, remedy: reachRemedy(name, apiBase) };
}

function reachRemedy(name: string, apiBase: string): string {
  return `Check that ${apiBase} is right (providers.${name}.api_base) and can be reached from here.`;
}

/** Where the key of a provider comes from. */
function keyOf(name: string): string {
  return KNOWN_PROVIDERS[name]?.keyVariable ?? `providers.${name}.api_key`;
}

/** Providers that the configuration names and that cannot be used. */
function checkAgents(config: ConfigService, registry: ProviderRegistry): Finding[] {
  const { defaults, list } = config.get(AgentsConfig);
  const named = [
    ['agents.defaults.provider', defaults.provider] as const,
    ...Object.entries(list).map(([key, agent]) => [`agents.list.${key}.provider`, agent.provider] as const),
  ];
  return named.flatMap(([path, name]) => {
    if (name === undefined || registry.get(name)?.info.usable) return [];
    const usable = registry.list().flatMap((provider) => (provider.usable ? provider.name : []));
    const message = `${path} is "${name}", which cannot be used`;
    const remedy = `Set ${keyOf(name)}, or name one of: ${usable.join(', ')}.`;
    return [{ check: 'agents', level: 'problem', message, remedy }];
  });
}
