import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

const model = 'goclaw:default';
const options = { headers: { 'X-GoClaw-Session-Key': 'busy' } };

function clientOf(gateway: RunningGateway): OpenAI {
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.token, maxRetries: 0 });
}

describe('requests to a session that is busy', () => {
  it('that are merged into one run are all answered by it, each under its own id', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ llm, config: { scheduler: { queue: { mode: 'followup' } } } });
    const client = clientOf(gateway);
    const gate = llm.gate();
    llm.reply({ text: ['Both ', 'at once.'] });
    const first = client.responses.create({ model, input: 'First' }, options);
    await gate.reached;
    const streamed = { model, stream: true } as const;
    const second = await client.responses.create({ ...streamed, input: 'Second' }, options);
    const third = await client.responses.create({ ...streamed, input: 'Third' }, options);
    gate.release('One.');
    expect((await first).output_text).toBe('One.');
    const [ofSecond, ofThird] = [await read(second), await read(third)];
    expect(ofSecond).toMatchObject({ text: 'Both at once.' });
    expect(ofThird).toMatchObject({ text: 'Both at once.' });
    expect(ofSecond.id).not.toBe(ofThird.id);
    expect(await client.responses.retrieve(ofThird.id)).toMatchObject({
      id: ofThird.id,
      status: 'completed',
      output_text: 'Both at once.',
    });
    expect(llm.requests).toHaveLength(2);
    llm.expectAllUsed();
  });

  it('that find no room are told so, and may come again', async () => {
    await using llm = await ScriptedLlm.start();
    const queue = { cap: 1, drop: 'new' };
    await using gateway = await startGateway({ llm, config: { scheduler: { queue } } });
    const client = clientOf(gateway);
    const gate = llm.gate();
    llm.reply('Two.');
    const first = client.responses.create({ model, input: 'First' }, options);
    await gate.reached;
    const second = await client.responses.create({ model, input: 'Second', stream: true }, options);
    const third = client.chat.completions.create(
      { model, messages: [{ role: 'user', content: 'Third' }] },
      options,
    );
    await expect(third).rejects.toThrow(OpenAI.RateLimitError);
    gate.release('One.');
    expect((await first).output_text).toBe('One.');
    expect(await read(second)).toMatchObject({ text: 'Two.' });
  });
});

async function read(
  stream: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>,
): Promise<{ id: string; text: string }> {
  let id = '';
  let text = '';
  for await (const event of stream) {
    if (event.type === 'response.created') id = event.response.id;
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  return { id, text };
}
