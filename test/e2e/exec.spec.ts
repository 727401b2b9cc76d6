import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyEmbeddedDatabase } from '../support/gateway/embedded-template.js';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';

const GONE_MAX_MS = 20_000;
/** Of a socket in standalone mode that names none. */
const SESSION = 'agent:default:ws:direct:local';
let lastNumber = 9_000_000 + Math.floor(Math.random() * 900_000);

/** A command line that no other process of the machine has. */
function uniqueSleep(): string {
  lastNumber += 1;
  return `sleep ${lastNumber}`;
}

function running(command: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).startsWith(command))
    .length;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

async function untilRunning(command: string, count: number): Promise<void> {
  await expect.poll(() => running(command), { timeout: GONE_MAX_MS }).toBe(count);
}

function wants(llm: ScriptedLlm, name: string, args: Record<string, unknown>): void {
  llm.replyToolCalls([{ id: `call-${lastNumber}-${name}`, name, arguments: args }]).reply('Done.');
}

/** The last result of a tool that the model was given. */
function toldModel(llm: ScriptedLlm): string {
  return JSON.stringify(llm.lastRequest.messages.findLast(({ role }) => role === 'tool'));
}

describe('commands of an agent', () => {
  let gateway: RunningGateway;
  let llm: ScriptedLlm;
  let socket: RawSocket;

  beforeAll(async () => {
    llm = await ScriptedLlm.start();
    gateway = await startGateway({ llm, env: { CANARY_SECRET: 'canary-in-the-environment' } });
  });
  afterEach(() => socket[Symbol.dispose]());
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  it('are shown to who watches while they run, and the model gets the result', async () => {
    socket = await RawSocket.connect(gateway);
    wants(llm, 'exec', {
      command:
        'echo begun; while [ ! -f go ]; do sleep 0.05; done; echo ended; env; echo password=hunter2hunter2',
    });
    const sent = socket.begin('chat.send', { message: 'Go' });
    const shown = (): string =>
      socket.events
        .flatMap(({ type, payload }) => (type === 'tool.output' ? [JSON.stringify(payload)] : []))
        .join('');
    await socket.until(() => shown().includes('begun'), 'the first output');
    expect(shown()).not.toContain('ended');
    writeFileSync(join(gateway.workspace, 'go'), '');
    expect(await socket.answer(sent)).toMatchObject({ ok: true, payload: { content: 'Done.' } });
    expect(toldModel(llm)).toMatch(/begun\\\\?n.*ended/);
    expect(toldModel(llm)).not.toContain('canary-in-the-environment');
    expect(toldModel(llm)).not.toContain('GOCLAW_GATEWAY_TOKEN');
    expect(shown()).toContain('password=[REDACTED]');
    expect(shown()).not.toContain('hunter2');
  });

  it('end with their run when it is aborted, with what has left them', async () => {
    socket = await RawSocket.connect(gateway);
    const sleep = uniqueSleep();
    llm.replyToolCalls([
      { id: 'call-1', name: 'exec', arguments: { command: `(setsid ${sleep} &); ${sleep}` } },
    ]);
    const sent = socket.begin('chat.send', { message: 'Go' });
    await untilRunning(sleep, 2);
    await socket.result('chat.abort', { sessionKey: SESSION });
    expect(await socket.answer(sent)).toMatchObject({ ok: true, payload: { status: 'aborted' } });
    await untilRunning(sleep, 0);
  });

  it('go on in the background over several messages, until their session is reset', async () => {
    socket = await RawSocket.connect(gateway);
    const sleep = uniqueSleep();
    wants(llm, 'exec', { command: `echo ready; ${sleep}`, background: true, yield_ms: 500 });
    await socket.result('chat.send', { message: 'Go' });
    expect(toldModel(llm)).toContain('background as process p1');
    wants(llm, 'process', { action: 'log', process_id: 'p1' });
    await socket.result('chat.send', { message: 'And?' });
    expect(toldModel(llm)).toMatch(/ready.*p1: running/);
    await untilRunning(sleep, 1);
    await socket.result('sessions.reset', { key: SESSION });
    await untilRunning(sleep, 0);
  });
});

describe('commands of a gateway that is killed', () => {
  it(
    'are ended by its next start, and the model is told that it is not known what they did',
    { timeout: 60_000 },
    async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-exec-'));
      copyEmbeddedDatabase(dataDir);
      await using llm = await ScriptedLlm.start();
      const sleep = uniqueSleep();
      const killed = await startGateway({ llm, dataDir });
      {
        using socket = await RawSocket.connect(killed);
        llm.replyToolCalls([
          {
            id: 'call-1',
            name: 'exec',
            arguments: { command: `echo x >> ran; (setsid ${sleep} &); ${sleep}` },
          },
        ]);
        socket.begin('chat.send', { message: 'Go' });
        await untilRunning(sleep, 2);
        await killed.kill();
      }
      expect(running(sleep)).toBe(2);
      llm.reply('Understood.');
      const next = await startGateway({ llm, dataDir });
      await untilRunning(sleep, 0);
      await expect.poll(() => toldModel(llm)).toMatch(/outcome.*unknown/i);
      expect(readFileSync(join(next.workspace, 'ran'), 'utf8')).toBe('x\n');
      await next.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  );

  it('end with it when it is told to stop', async () => {
    await using llm = await ScriptedLlm.start();
    const gateway = await startGateway({ llm });
    using socket = await RawSocket.connect(gateway);
    const sleep = uniqueSleep();
    wants(llm, 'exec', { command: `setsid ${sleep}`, background: true });
    await socket.result('chat.send', { message: 'Go' });
    await untilRunning(sleep, 1);
    expect(await gateway.stop()).toBe(0);
    expect(running(sleep)).toBe(0);
    rmSync(gateway.dataDir, { recursive: true, force: true });
    expect(existsSync(gateway.dataDir)).toBe(false);
  });
});
