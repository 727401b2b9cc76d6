import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateClient } from '../support/generated-client.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

/** What an admin of a company would write with the generated client. */
const PROGRAM = `
import { client } from './client.gen.js';
import { chatCompletionsCreate, modelsFind, providersCreate, tracesFind, tracesList } from './sdk.gen.js';

export function enter(baseUrl: string, token: string, user: string): void {
  client.setConfig({ baseUrl, headers: { Authorization: 'Bearer ' + token, 'X-GoClaw-User-Id': user } });
}

export async function work(apiBase: string): Promise<{ provider: string; answer: string; trace: string; spans: number }> {
  const provider = await providersCreate({
    body: { name: 'scripted', provider_type: 'openai_compat', api_base: apiBase, api_key: 'k' },
    throwOnError: true,
  });
  const completion = await chatCompletionsCreate({
    body: { model: 'goclaw:default', messages: [{ role: 'user', content: 'Hello?' }] },
    throwOnError: true,
  });
  const traces = await tracesList({ query: { limit: 1 }, throwOnError: true });
  const [trace] = traces.data.traces;
  if (!trace) throw new Error('There is no trace.');
  const found = await tracesFind({ path: { id: trace.id }, throwOnError: true });
  return {
    provider: provider.data.name,
    answer: String(completion.data.choices[0]?.message.content),
    trace: found.data.trace.status,
    spans: found.data.spans.length,
  };
}

export async function failing(): Promise<string | undefined> {
  const { error } = await modelsFind({ path: { id: 'goclaw:nobody' } });
  return error?.error.code ?? undefined;
}
`;

let llm: ScriptedLlm;
let gateway: RunningGateway;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({
    mode: 'managed',
    env: { GOCLAW_MODEL: 'scripted', GOCLAW_PROVIDER: 'scripted' },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

describe('a client that was generated from the OpenAPI document', () => {
  it('compiles strictly, and administers and asks the gateway', async () => {
    using generated = await generateClient(`${gateway.url}/docs/openapi.json`, PROGRAM);
    const { enter, work, failing } = generated.program as {
      enter: (url: string, token: string, user: string) => void;
      work: (apiBase: string) => Promise<object>;
      failing: () => Promise<string | undefined>;
    };
    enter(gateway.url, gateway.token, 'ann');
    llm.reply('Hello!');
    expect(await work(llm.openaiUrl)).toMatchObject({
      provider: 'scripted',
      answer: 'Hello!',
      trace: 'completed',
    });
    expect(await failing()).toBe('model_not_found');
  });
});
