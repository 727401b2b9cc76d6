import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentsConfig } from '#agent';
import type { ConfigService } from '#config';
import { EngineConfig } from '#sandbox';
import { configOf } from '../../../test/support/config.js';
import { checkSandbox } from './sandbox-check.js';

let directory: string;
let server: Server;

/** An engine that has one image. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'goclaw-doctor-'));
  server = createServer(({ url = '' }, response) => {
    const isKnown = url.startsWith('/version') || url.startsWith('/images/there/');
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKnown ? { Version: '27.1' } : { message: 'no such image' }));
  }).listen(join(directory, 'docker.sock'));
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
  rmSync(directory, { recursive: true, force: true });
});

function configured(sandbox: object, socket = 'docker.sock'): ConfigService {
  const env = { DOCKER_HOST: `unix://${join(directory, socket)}` };
  return configOf([AgentsConfig, EngineConfig], { agents: { defaults: { sandbox } } }, env);
}

describe('the check of the sandbox', () => {
  it('says nothing where there is none', async () => {
    expect(await checkSandbox(configured({ mode: 'off' }, 'nowhere.sock'))).toEqual([]);
  });

  it('finds the engine and the image', async () => {
    expect(await checkSandbox(configured({ mode: 'all', image: 'there' }))).toEqual([
      { check: 'sandbox', level: 'ok', message: 'the engine answers (version 27.1)' },
    ]);
  });

  it('says how to get an image that is missing', async () => {
    expect(await checkSandbox(configured({ mode: 'non-main', image: 'gone' }))).toMatchObject([
      { level: 'ok' },
      {
        level: 'problem',
        message: 'the image gone is not there',
        remedy: expect.stringContaining('docker build'),
      },
    ]);
  });

  it('says how to reach an engine that does not answer', async () => {
    expect(await checkSandbox(configured({ mode: 'all' }, 'nowhere.sock'))).toMatchObject([
      { level: 'problem', remedy: expect.stringContaining('DOCKER_HOST') },
    ]);
  });
});
