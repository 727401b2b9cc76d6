import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RawSocket } from '../support/raw-socket.js';

/** As the parser numbers them: errors are 0. */
const WARNING = 1;

interface AsyncApi {
  readonly operations: Record<string, { readonly 'x-access'?: { readonly role: string } }>;
  readonly components: { readonly messages: Record<string, { readonly payload: object }> };
}

let gateway: RunningGateway;
let document: AsyncApi;

beforeAll(async () => {
  gateway = await startGateway({ mode: 'managed' });
  document = (await (await fetch(`${gateway.url}/docs/ws/asyncapi.json`)).json()) as AsyncApi;
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('the AsyncAPI document', () => {
  it('is valid', async () => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    const grave = diagnostics.filter(({ severity }) => severity.valueOf() <= WARNING);
    expect(grave.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  });

  it('describes frames as they are', async () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'https://docs.invalid/api', ...document });
    const check = (message: string, frame: unknown): void => {
      const validate = ajv.compile({
        $ref: `https://docs.invalid/api#/components/messages/${message}/payload`,
      });
      expect(validate(frame), `${message}: ${JSON.stringify(validate.errors)}`).toBe(true);
    };
    using socket = await RawSocket.connect(gateway, 'ann');
    for (const method of ['health', 'status', 'agents.list', 'sessions.list', 'models.list', 'config.get']) {
      check(`${method}.request`, { type: 'req', id: 1, method });
      check(`${method}.response`, await socket.request(method));
    }
    check('chat.send.response', await socket.request('chat.send', {}));
    const wrong = ajv.compile({
      $ref: 'https://docs.invalid/api#/components/messages/chat.send.request/payload',
    });
    expect(wrong({ type: 'req', id: 1, method: 'chat.send', params: {} })).toBe(false);
  });

  it('names the role that each method needs', () => {
    expect(document.operations['connect']?.['x-access']?.role).toBe('none');
    expect(document.operations['chat.send']?.['x-access']?.role).toBe('operator');
  });

  it('is a page for people, which needs no script', async () => {
    const response = await fetch(`${gateway.url}/docs/ws`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('content-security-policy')).not.toContain('script');
    for (const name of Object.keys(document.operations).filter((one) => !one.startsWith('event.')))
      expect(page).toContain(`<code>${name}</code>`);
    expect(page).toContain('without <code>targetId</code> all pages');
  });
});
