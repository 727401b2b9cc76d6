import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onSmallDisk, type RunningGateway, smallDiskLack, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { RawSocket } from '../support/raw-socket.js';
import { WebSite } from '../support/web/index.js';

const DISK_KIB = 1024;
/** Three pages of memory: a disk in memory gives whole ones. */
const TEXT = 'More than is left of the disk.\n'.repeat(400);
const PNG = Buffer.concat([
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  Buffer.alloc(16 * 1024),
]);
const FULL = 'the disk is full; nothing was changed';
const lack = smallDiskLack();

describe.skipIf(lack !== undefined)(`a workspace whose disk is full${lack ? ` [${lack}]` : ''}`, () => {
  let llm: ScriptedLlm;
  let site: WebSite;
  let gateway: RunningGateway;
  let workspace: string;
  let number = 0;

  beforeAll(async () => {
    [llm, site] = await Promise.all([ScriptedLlm.start(), WebSite.start()]);
    const picture = JSON.stringify({ data: [{ b64_json: PNG.toString('base64') }] });
    site.page('/v1/images/generations', picture, 'application/json');
    workspace = mkdtempSync(join(tmpdir(), 'goclaw-small-disk-'));
    gateway = await startGateway({
      llm,
      within: onSmallDisk(workspace, DISK_KIB),
      config: {
        agents: { defaults: { workspace } },
        providers: { painter: { api_base: site.url('/v1'), api_key: 'painter-key' } },
        tools: { image: { provider: 'painter' } },
      },
    });
  });
  beforeEach(async () => {
    expect(await told('write_file', { path: 'kept.md', content: 'kept' })).toContain('File written');
    const filled = await told('exec', { command: 'cat /dev/zero > filling' });
    expect(filled).toMatch(/No space left on device.*Exit code: \d/s);
  });
  afterEach(async () => {
    expect(await told('exec', { command: 'rm filling' })).toBe('(the command printed nothing)');
    expect(await told('write_file', { path: 'after.md', content: TEXT })).toContain('File written');
    await told('exec', { command: 'rm after.md kept.md' });
    llm.expectAllUsed();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await Promise.all([llm, site].map((one) => one[Symbol.asyncDispose]()));
    rmSync(workspace, { recursive: true });
  });

  /** What the model was told of one call; its run goes on to its answer. */
  async function told(name: string, args: Record<string, unknown>): Promise<string> {
    using socket = await RawSocket.connect(gateway);
    llm.reply({ toolCalls: [{ name, arguments: args }] }).reply('Done.');
    const sessionKey = `agent:default:disk:${++number}`;
    const result = await socket.result('chat.send', { message: 'Go on', sessionKey });
    expect(result).toMatchObject({ status: 'completed', content: 'Done.' });
    return llm.lastRequest.messages.findLast(({ role }) => role === 'tool')?.text ?? '';
  }

  /** The disk as the gateway sees it. */
  const seen = (path = ''): string => join(`/proc/${gateway.pid}/root`, workspace, path);

  it('takes no file, and says so: what is there stays as it is, and nothing half-written is left', async () => {
    expect(await told('write_file', { path: 'new.md', content: TEXT })).toBe(
      `"new.md" cannot be used: ${FULL}.`,
    );
    expect(await told('write_file', { path: 'kept.md', content: TEXT })).toContain(FULL);
    expect(await told('edit_file', { path: 'kept.md', old_string: 'kept', new_string: TEXT })).toContain(
      FULL,
    );
    expect(readFileSync(seen('kept.md'), 'utf8')).toBe('kept');
    const others = readdirSync(seen()).filter((name) => !/^[A-Z]+\.md$/.test(name));
    expect(others.toSorted()).toEqual(['filling', 'kept.md']);
    expect(await told('read_file', { path: 'kept.md' })).toContain('kept');
  });

  it('takes no picture, and says so', async () => {
    expect(await told('image', { prompt: 'A crab', path: 'crab.png' })).toBe(
      `"crab.png" cannot be used: ${FULL}.`,
    );
    expect(readdirSync(seen())).not.toContain('crab.png');
  });

  it('lets commands run that print much or go on in the background', async () => {
    const printed = await told('exec', { command: 'head -c 3000000 /dev/zero | tr "\\0" x' });
    expect(printed).toMatch(/^x{30000}/);
    const begun = await told('exec', { command: 'cat > more; echo ended', background: true, yield_ms: 0 });
    expect(begun).toMatch(/\bp\d+\b/);
  });
});
