import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { type ReceivedRequest, ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { RestClient } from '../support/rest.js';

let llm: ScriptedLlm;
let gateway: RunningGateway;
let ann: RestClient;

beforeAll(async () => {
  llm = await ScriptedLlm.start();
  gateway = await startGateway({
    llm,
    config: {
      agents: { defaults: { fallbacks: ['anthropic/scripted'] } },
      providers: { anthropic: { api_base: llm.anthropicUrl } },
      tools: {
        allow: ['group:fs'],
        byProvider: { anthropic: { deny: ['write_file'] } },
        byChannel: { http: { deny: ['edit_file'] } },
      },
    },
    env: { GOCLAW_ANTHROPIC_API_KEY: 'key-of-the-scripted-llm' },
  });
  ann = RestClient.admin(gateway);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await llm[Symbol.asyncDispose]();
});

function shown(request: ReceivedRequest | undefined): string[] {
  const tools = (request?.body['tools'] ?? []) as { name?: string; function?: { name: string } }[];
  return tools.map((tool) => tool.function?.name ?? tool.name ?? '');
}

describe('The policy of a run', () => {
  it('is that of its channel, for what is shown and for what is done', async () => {
    llm
      .replyToolCalls([{ name: 'edit_file', arguments: { path: 'a', old_text: 'a', new_text: 'b' } }])
      .reply('ok');
    await ann.ask('default');
    expect(shown(llm.requests.at(-2))).toEqual(['glob', 'list_files', 'read_file', 'search', 'write_file']);
    expect(llm.lastRequest.rawBody).toContain('edit_file is not allowed here (by channel.deny)');
    llm.reply('ok');
    using socket = await RawSocket.connect(gateway);
    await socket.request('chat.send', { message: 'Hello' });
    expect(shown(llm.lastRequest)).toContain('edit_file');
  });

  it('is that of the fallback, for what a fallback asks for', async () => {
    for (let attempt = 0; attempt < 3; attempt++) llm.fail(500);
    llm.replyToolCalls([{ name: 'write_file', arguments: { path: 'a', content: 'b' } }]);
    llm.respond(() => 'ok');
    await ann.ask('default');
    const { rawBody } = llm.lastRequest;
    expect(rawBody).toContain('write_file is not allowed here (by provider.deny)');
  });
});
