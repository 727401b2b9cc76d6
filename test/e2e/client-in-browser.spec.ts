import { describe, expect, it } from 'vitest';
import { browserLack, runPage } from '../support/browser/run-page.js';
import { startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';

const lack = browserLack();

describe.skipIf(lack !== undefined)(`the client library in a browser${lack ? ` [${lack}]` : ''}`, () => {
  it('connects from a listed origin and streams an answer', async () => {
    await using llm = await ScriptedLlm.start();
    await using gateway = await startGateway({ llm, config: { gateway: { allowed_origins: ['*'] } } });
    llm.reply({ text: ['Hel', 'lo ', 'browser'] });
    const page = (): string => `
      const { GoClawClient } = await import('#client');
      const client = new GoClawClient({ url: '${gateway.wsUrl}', token: '${gateway.token}' });
      await client.connect();
      const run = client.chat({ message: 'hi' });
      let text = '';
      for await (const update of run.events) if (update.type === 'text') text += update.text;
      const { status, content } = await run.done;
      const { messages } = await client.call('chat.history', {});
      client.close();
      await report({ text, status, content, messages: messages.length });`;
    expect(await runPage(page)).toEqual({
      text: 'Hello browser',
      status: 'completed',
      content: 'Hello browser',
      messages: 2,
    });
  });

  it('is refused from an origin that is not listed', async () => {
    await using gateway = await startGateway();
    const page = (): string => `
      const socket = new WebSocket('${gateway.wsUrl}');
      socket.onopen = () => report('open');
      socket.onerror = () => report('refused');`;
    expect(await runPage(page)).toBe('refused');
  });
});
