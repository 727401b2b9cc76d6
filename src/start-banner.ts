import { type ConfigService, MASK } from '#config';
import { VERSION } from '#kernel';
import { GatewayToken, TOKEN_FILE } from '#permissions';
import { ProviderRegistry } from '#providers';
import { deploymentOf } from '#store';
import { join } from 'node:path';
import type { StartedApp } from './start-app.js';

/** The one block that a start shows a person. */
export function startBanner({ app, url }: StartedApp, config: ConfigService): string {
  const { mode, engine, dataDir } = deploymentOf(config);
  const database = engine === 'embedded' ? 'embedded database' : 'PostgreSQL';
  const rows = [
    ['URL', url],
    ['Token', tokenLine(app.get(GatewayToken), dataDir)],
    ['Mode', `${mode}, ${database}`],
    ['Data', dataDir],
    ['Providers', providersLine(app.get(ProviderRegistry), mode === 'managed' ? url : undefined)],
  ];
  const lines = rows.map(([name = '', value]) => `  ${name.padEnd(11)}${value}`);
  return [
    '',
    `  GoClaw ${VERSION} is ready.`,
    '',
    ...lines,
    '',
    `  Talk to it: npm run chat    API: ${url}/docs`,
    '',
  ].join('\n');
}

function tokenLine({ value, origin }: GatewayToken, dataDir: string): string {
  const file = join(dataDir, TOKEN_FILE);
  if (origin === 'new') return `${value}\n${' '.repeat(13)}generated now, kept in ${file}`;
  return origin === 'kept' ? `kept in ${file}` : `${MASK} (as configured)`;
}

/** @param adminUrl where providers can be made while the gateway runs */
function providersLine(registry: ProviderRegistry, adminUrl: string | undefined): string {
  const usable = registry.list().filter((provider) => provider.usable);
  if (usable.length > 0)
    return usable
      .map(({ name, defaultModel }) => (defaultModel ? `${name} (${defaultModel})` : name))
      .join(', ');
  const indent = `\n${' '.repeat(13)}`;
  const variables =
    'ANTHROPIC, OPENAI, OPENROUTER, GROQ, GEMINI, DEEPSEEK, MISTRAL, XAI, …: GOCLAW_<NAME>_API_KEY=…';
  const remedy = adminUrl
    ? [
        `none yet: an agent cannot answer. Create one at ${adminUrl}/docs (POST /v1/providers),`,
        'in effect at once, or set one key and start again, e.g.',
        variables,
      ]
    : [
        'none yet: an agent cannot answer. Set one key and start again, e.g.',
        variables,
        'or start Ollama, LM Studio or vLLM on this machine. `goclaw doctor` checks them all.',
      ];
  return remedy.join(indent);
}
