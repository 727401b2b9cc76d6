import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxTerms, ToolContext, ToolResult } from '#contracts';
import { SystemClock } from '#kernel';
import { GuardedFetch, NetworkConfig, NetworkGuard } from '#net';
import { ImageGeneration } from '#providers';
import { configOf } from '../../../test/support/config.js';
import { tempWorkspace, textOf, toolContext } from '../../../test/support/tools.js';
import { WebSite } from '../../../test/support/web/index.js';
import { providersOf } from '../../../test/support/providers-of.js';
import { FileLocks } from '../fs/file-locks.js';
import { hostFiles } from '../fs/host-files.fixture.js';
import { SavedFiles } from '../fs/saved-files.js';
import { PageFetcher } from '../web/page-fetcher.js';
import { ImageConfig } from './image.config.js';
import { ImageTool } from './image.tool.js';
import { ImageToolSource } from './image-tool-source.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const KEY = 'sk-canary-0123456789abcdef';
const ENDPOINT = '/v1/images/generations';

let site: WebSite;
let space: Awaited<ReturnType<typeof tempWorkspace>>;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  closing = [];
  site = await WebSite.start();
  space = await tempWorkspace();
});
afterEach(async () => {
  for (const close of closing) await close();
  await space.remove();
  await site[Symbol.asyncDispose]();
});

function painter(image: object = { provider: 'painter' }) {
  const tools = { image, network: { allow: [site.host] } };
  const config = configOf([ImageConfig, NetworkConfig], { tools });
  const providers = providersOf([
    { name: 'painter', type: 'openai_compat', apiBase: site.url('/v1'), apiKey: KEY },
    { name: 'claude', type: 'anthropic_native', apiBase: site.url(''), apiKey: KEY },
  ]);
  const guard = new NetworkGuard(config);
  const guarded = new GuardedFetch(guard);
  closing.push(() => guarded.onModuleDestroy(), providers.close);
  const images = new ImageGeneration(providers.registry);
  const pages = new PageFetcher(guard, guarded, new SystemClock());
  const tool = new ImageTool(config, images, pages, new SavedFiles(new FileLocks(), hostFiles()));
  const source = new ImageToolSource(config, images, tool);
  const paint = (args: Record<string, unknown>, context: Partial<ToolContext> = {}): Promise<ToolResult> =>
    tool.execute(args, toolContext(space.workspace, context));
  return { source, paint };
}

function answers(data: object | string, status = 200): void {
  const body = typeof data === 'string' ? data : JSON.stringify(data);
  site.page(ENDPOINT, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
}

describe('image', () => {
  it('makes a picture, saves it as a file of the workspace, and shows it', async () => {
    answers({ data: [{ b64_json: PNG.toString('base64') }] });
    const { content, isError } = await painter().paint({ prompt: 'A crab', size: '1024x1024' });
    expect(isError).toBe(false);
    const [file] = await readdir(join(space.workspace.root, 'images'));
    expect(content).toEqual([
      { type: 'text', text: `Image saved: images/${file} (image/png, ${PNG.length} bytes)` },
      { type: 'image', url: `data:image/png;base64,${PNG.toString('base64')}` },
    ]);
    expect(await readFile(join(space.workspace.root, 'images', file ?? ''))).toEqual(PNG);
    const [request] = site.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      model: 'gpt-image-1',
      prompt: 'A crab',
      n: 1,
      size: '1024x1024',
    });
  });

  it('asks the model that is configured, in the size that is', async () => {
    answers({ data: [{ b64_json: PNG.toString('base64') }] });
    await painter({ provider: 'painter', model: 'dall-e-3', size: '512x512' }).paint({
      prompt: 'x',
      path: 'a/b.png',
    });
    expect(JSON.parse(site.requests[0]?.body ?? '')).toMatchObject({
      model: 'dall-e-3',
      size: '512x512',
      response_format: 'b64_json',
    });
    expect(await readFile(join(space.workspace.root, 'a/b.png'))).toEqual(PNG);
  });

  it('loads a picture of which the endpoint tells the address, from where tools may go alone', async () => {
    site.page('/made.png', PNG, 'image/png');
    answers({ data: [{ url: site.url('/made.png') }] });
    expect(await painter().paint({ prompt: 'x', path: 'made' })).toMatchObject({ isError: false });
    expect(await readFile(join(space.workspace.root, 'made.png'))).toEqual(PNG);
    answers({ data: [{ url: 'http://169.254.169.254/latest' }] });
    expect(textOf(await painter().paint({ prompt: 'x' }))).toContain('SSRF protection');
  });

  it.each<readonly [vendor: string, answer: (address: string) => object]>([
    [
      'OpenAI of gpt-image-1',
      () => ({
        created: 1_760_000_000,
        background: 'opaque',
        data: [{ b64_json: PNG.toString('base64') }],
        output_format: 'png',
        quality: 'high',
        size: '1024x1024',
        usage: { input_tokens: 9, output_tokens: 4_160, total_tokens: 4_169 },
      }),
    ],
    [
      'OpenAI of dall-e-3',
      (url) => ({ created: 1_760_000_000, data: [{ revised_prompt: 'A red crab', url }] }),
    ],
    [
      'Together',
      (url) => ({
        id: 'o1',
        model: 'flux',
        object: 'list',
        data: [{ index: 0, url, b64_json: null, timings: {} }],
      }),
    ],
    [
      'xAI',
      () => ({ data: [{ b64_json: `data:image/png;base64,${PNG.toString('base64')}`, revised_prompt: '' }] }),
    ],
    [
      'LocalAI',
      () => ({
        data: [{ embedding: null, index: 0, url: `data:image/png;base64,${PNG.toString('base64')}` }],
      }),
    ],
  ])('reads the answer of %s', async (_vendor, answer) => {
    const address = `${site.page('/signed/made', PNG, 'application/octet-stream')}?se=2026-11-22T00%3A00%3A00Z&sig=a%2Bb%3D`;
    answers(answer(address));
    expect(await painter().paint({ prompt: 'x', path: 'made' })).toMatchObject({ isError: false });
    expect(await readFile(join(space.workspace.root, 'made.png'))).toEqual(PNG);
  });

  it('names no size where none is wanted: not every endpoint knows a word for that', async () => {
    answers({ data: [{ b64_json: PNG.toString('base64') }] });
    await painter().paint({ prompt: 'x' });
    await painter().paint({ prompt: 'x', size: 'auto' });
    for (const { body } of site.requests) expect(JSON.parse(body)).not.toHaveProperty('size');
    expect(site.requests).toHaveLength(2);
  });

  it.each([
    [
      'a refusal',
      { error: { message: 'Your request was rejected by the safety system.' } },
      400,
      'safety system',
    ],
    ['no key that counts', { error: { message: 'Incorrect API key' } }, 401, 'painter'],
    ['no image', { data: [] }, 200, 'sent no image'],
    ['nonsense', 'nonsense', 200, 'painter'],
    ['what is no picture', { data: [{ b64_json: 'aGVsbG8=' }] }, 200, 'no PNG, JPEG, GIF or WebP'],
  ])('is told in a sentence when the endpoint sends %s', async (_what, answer, status, message) => {
    answers(answer, status);
    const result = await painter().paint({ prompt: 'x' });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(message);
    expect(textOf(result)).not.toContain(KEY);
    expect(site.requests).toHaveLength(1);
  });

  it.each([
    ['outside of the workspace', '../x.png', {}, 'access denied', 1],
    [
      'a read-only workspace',
      'x.png',
      { sandbox: { workspaceAccess: 'ro' } as SandboxTerms },
      'read-only',
      0,
    ],
  ])('saves nothing in %s', async (_what, path, context, message, requests) => {
    answers({ data: [{ b64_json: PNG.toString('base64') }] });
    const result = await painter().paint({ prompt: 'x', path }, context);
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining(message)]);
    expect(site.requests).toHaveLength(requests);
  });

  it('ends with its run: the request is given up', async () => {
    const opened = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    site.page(ENDPOINT, (_request, response) => {
      response.on('close', closed.resolve);
      opened.resolve();
    });
    const stop = new AbortController();
    const result = painter().paint({ prompt: 'x' }, { signal: stop.signal });
    await opened.promise;
    stop.abort(new Error('stopped'));
    await expect(result).rejects.toThrow('stopped');
    await closed.promise;
  });

  it('is offered where there is who makes pictures, and says what is missing where not', async () => {
    const { tools } = await painter().source.offer();
    expect(tools.map(({ spec }) => spec.name)).toEqual(['image']);
    for (const [image, why] of [
      [{}, 'tools.image.provider is not set'],
      [{ provider: 'nobody' }, 'no provider is called "nobody"'],
      [{ provider: 'claude' }, 'does not speak OpenAI’s API of images'],
    ] as const) {
      const { source } = painter(image);
      const offer = await source.offer();
      expect(offer).toMatchObject({
        tools: [],
        withheld: [{ name: 'image', reason: expect.stringContaining(why) }],
      });
      expect(await source.offer()).toBe(offer);
    }
  });
});
