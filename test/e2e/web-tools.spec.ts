import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DnsServer } from '../support/dns/index.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { type ReceivedRequest, ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { WebSite } from '../support/web/index.js';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SHOWN = `data:image/png;base64,${PNG}`;
const PARAGRAPH = `<p>${'The harvest of this year is large, says the board, and the tea is good. '.repeat(8)}</p>`;
const PAGE = `<html><head><title>Tea news</title></head><body><nav>Menu</nav><article>${PARAGRAPH.repeat(3)}</article></body></html>`;

describe.each(['openai', 'anthropic'] as const)('an agent on the web, with a model of %s', (provider) => {
  let llm: ScriptedLlm;
  let site: WebSite;
  let dns: DnsServer;
  let gateway: RunningGateway;

  beforeAll(async () => {
    [llm, site, dns] = await Promise.all([ScriptedLlm.start(), WebSite.start(), DnsServer.start()]);
    const results = [{ title: 'Tea news', url: site.url('/news'), content: 'What is new' }];
    site.page('/search', JSON.stringify({ results }), 'application/json');
    site.page('/news', PAGE);
    site.page('/v1/images/generations', JSON.stringify({ data: [{ b64_json: PNG }] }), 'application/json');
    dns.set('inner.example.com', ['127.0.0.1']);
    gateway = await startGateway({
      llm,
      provider,
      env: { GOCLAW_SEARXNG_URL: site.url('') },
      config: {
        providers: { painter: { api_base: site.url('/v1'), api_key: 'painter-key' } },
        tools: {
          network: { allow: [site.host], dns_servers: [dns.address] },
          image: { provider: 'painter' },
        },
      },
    });
    mkdirSync(gateway.workspace, { recursive: true });
  });
  afterEach(() => llm.expectAllUsed());
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([llm, site, dns].map((one) => one[Symbol.asyncDispose]()));
  });

  /** What the model was told of one call. */
  async function told(name: string, args: Record<string, unknown>): Promise<ReceivedRequest['messages']> {
    using socket = await RawSocket.connect(gateway);
    llm.reply({ toolCalls: [{ name, arguments: args }] }).reply('Done.');
    const sessionKey = `agent:default:web:${name}-${site.requests.length}`;
    const result = await socket.result('chat.send', { message: 'Go on', sessionKey });
    expect(result).toMatchObject({ status: 'completed', content: 'Done.' });
    const { messages } = llm.lastRequest;
    return messages.slice(messages.findIndex(({ role }) => role === 'tool'));
  }

  async function toldText(name: string, args: Record<string, unknown>): Promise<string> {
    return (await told(name, args))[0]?.text ?? '';
  }

  it('searches, and reads what was found', async () => {
    expect(await toldText('web_search', { query: 'tea' })).toContain(
      `1. Tea news\n   ${site.url('/news')}\n`,
    );
    const page = await toldText('web_fetch', { url: site.url('/news') });
    expect(page).toContain('Extractor: readability\nTitle: Tea news\n');
    expect(page).toContain('The harvest of this year is large');
    expect(page).not.toContain('Menu');
  });

  it('reaches nothing beside the public internet and what an admin allows, by whatever name', async () => {
    const { port } = new URL(gateway.url);
    const inner = `http://inner.example.com:${port}/health`;
    for (const url of [`${gateway.url}/health`, inner, 'http://2852039166/'])
      expect(await toldText('web_fetch', { url })).toMatch(/^SSRF protection: .*tools\.network\.allow/);
    expect(dns.asked).toContain('inner.example.com');
  });

  it('makes a picture: a file of its workspace, shown to its model', async () => {
    const messages = await told('image', { prompt: 'A cup of tea' });
    expect(messages.flatMap(({ images }) => images)).toEqual([SHOWN]);
    const [file] = readdirSync(join(gateway.workspace, 'images'));
    expect(messages[0]?.text).toContain(`Image saved: images/${file}`);
    expect(readFileSync(join(gateway.workspace, 'images', file ?? '')).toString('base64')).toBe(PNG);
  });
});
