import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserLack } from '../support/browser/run-page.js';
import { SwaggerPage } from '../support/browser/swagger-page.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

/** Where to leave pictures of the page, if anywhere. */
const SCREENSHOTS = process.env['GOCLAW_TEST_SCREENSHOTS'];
const lack = browserLack();

let llm: ScriptedLlm;
let gateway: RunningGateway;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({ mode: 'managed' });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

async function picture({ page }: SwaggerPage, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: name === 'overview' });
}

describe.skipIf(lack !== undefined)('an admin in Swagger UI', () => {
  it('authorises, creates a provider and an agent, runs it and reads its trace', async () => {
    await using swagger = await SwaggerPage.open(gateway.url);
    await picture(swagger, 'overview');
    expect(await swagger.execute('Providers_list')).toMatchObject({ status: 401 });
    await swagger.page.reload();
    await swagger.page.locator('.opblock').first().waitFor();
    await swagger.authorize({ bearer: gateway.token, user: 'tenant.acme.user.ann' });

    const provider = await swagger.execute('Providers_create', {
      body: { name: 'scripted', provider_type: 'openai_compat', api_base: llm.openaiUrl, api_key: 'sk-1' },
    });
    expect(provider).toMatchObject({ status: 201, body: { name: 'scripted', api_key: '***' } });
    await picture(swagger, 'provider');

    const agent = await swagger.execute('Agents_create', {
      body: { agent_key: 'helper', display_name: 'Helper', provider: 'scripted', model: 'scripted' },
    });
    expect(agent).toMatchObject({ status: 201, body: { agent_key: 'helper', name: 'Helper' } });
    await picture(swagger, 'agent');

    llm.reply('Hello from the helper.');
    const run = await swagger.execute('ChatCompletions_create', {
      body: { model: 'goclaw:helper', messages: [{ role: 'user', content: 'Hello?' }] },
    });
    expect(run).toMatchObject({
      status: 200,
      body: { choices: [{ message: { content: 'Hello from the helper.' } }] },
    });

    const { body } = await swagger.execute('Traces_list', { parameters: { limit: '1' } });
    const [trace] = body['traces'] as { id: string; agent_id: string }[];
    expect(trace?.agent_id).toBe(agent.body['id']);
    const read = await swagger.execute('Traces_find', { parameters: { id: trace?.id ?? '' } });
    expect(read).toMatchObject({ status: 200, body: { trace: { status: 'completed' } } });
    expect(JSON.stringify(read.body['spans'])).toContain('llm_call');
    await picture(swagger, 'trace');
    // The refusal at the beginning, and a note to Swagger UI's own developers.
    expect(swagger.complaints.filter((text) => !/401|^Deprecated:/.test(text))).toEqual([]);
  }, 120_000);
});
