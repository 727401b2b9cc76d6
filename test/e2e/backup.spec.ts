import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayOptions, type RunningGateway, startGateway } from '../support/gateway/index.js';
import { copyEmbeddedDatabase } from '../support/gateway/embedded-template.js';
import type { ReceivedConversation } from '../support/llm/received-request.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';
import { findServerBinaries } from '../support/postgres/server-binaries.js';
import { RawSocket } from '../support/raw-socket.js';

const HISTORY_MAX = 200;
const PATIENCE = { timeout: 20_000 };
/** So small a window that a conversation is summarised after a few messages. */
const SMALL_WINDOW = {
  agents: { defaults: { context_window: 2_000, compaction: { maxHistoryShare: 0.1 } } },
};
const TURNS_TO_SUMMARISE = 4;

const sessionOf = (name: string): string => `agent:default:ws:backup:${name}`;
const GOING = sessionOf('going');

type History = readonly { readonly role: string; readonly content: string }[];

let llm: ScriptedLlm;
let directory: string;
const opened: Disposable[] = [];
const gateways: RunningGateway[] = [];

beforeEach(async () => {
  llm = await ScriptedLlm.start();
  directory = mkdtempSync(join(tmpdir(), 'goclaw-backup-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
  await Promise.all(gateways.splice(0).map((gateway) => gateway[Symbol.asyncDispose]()));
  await llm[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: GatewayOptions): Promise<RunningGateway> {
  const gateway = await startGateway({ llm, config: SMALL_WINDOW, ...options });
  gateways.push(gateway);
  return gateway;
}

async function on(gateway: RunningGateway, userId: string): Promise<RawSocket> {
  const socket = await RawSocket.connect(gateway, userId);
  opened.push(socket);
  return socket;
}

/** Whether a request is for an answer to a message with this text. */
const asks =
  (text: string) =>
  ({ messages, tools }: ReceivedConversation): boolean =>
    tools.length > 0 && (messages.findLast(({ role }) => role === 'user')?.text.includes(text) ?? false);

async function say(socket: RawSocket, sessionKey: string, message: string, answer: string): Promise<void> {
  llm.when(asks(message)).reply(answer);
  expect(await socket.result('chat.send', { sessionKey, message })).toMatchObject({ content: answer });
}

/** Conversations of every kind: short, with a tool, summarised. */
async function converse(socket: RawSocket): Promise<void> {
  await say(socket, sessionOf('plain'), 'Remember the number 7.', 'I do.');
  const call = { name: 'write_file', arguments: { path: 'note.txt', content: 'seven' } };
  llm.replyToolCalls([call]).reply('It is written.');
  await socket.result('chat.send', { sessionKey: sessionOf('tool'), message: 'Write it down.' });
  llm.when(({ tools }) => tools.length === 0).respond(() => 'SUMMARY of what was said.');
  for (let turn = 1; turn <= TURNS_TO_SUMMARISE; turn++)
    await say(socket, sessionOf('long'), `Turn ${turn}: ${'more and more '.repeat(20)}`, `Answer ${turn}.`);
  const preview = async () =>
    (await socket.result('sessions.preview', { key: sessionOf('long') }))['summary'];
  await expect.poll(preview, PATIENCE).toContain('SUMMARY');
}

async function historyOf(socket: RawSocket, sessionKey: string): Promise<History> {
  return (await socket.result('chat.history', { sessionKey, limit: HISTORY_MAX }))['messages'] as History;
}

/** Everything that a user sees of his conversations but of the one that goes on. */
async function transcripts(gateway: RunningGateway, userId: string): Promise<object> {
  const socket = await on(gateway, userId);
  const { sessions } = (await socket.result('sessions.list')) as { sessions: { key: string }[] };
  const keys = sessions.map(({ key }) => key).filter((key) => key !== GOING);
  const all = await Promise.all(
    keys.toSorted().map(async (sessionKey) => [
      sessionKey,
      {
        messages: await historyOf(socket, sessionKey),
        preview: await socket.result('sessions.preview', { key: sessionKey }),
      },
    ]),
  );
  return Object.fromEntries(all) as object;
}

/** The restored gateway's model knows what was said before. */
async function goOn(gateway: RunningGateway, userId: string): Promise<void> {
  const socket = await on(gateway, userId);
  await say(socket, sessionOf('plain'), 'Which number was it?', 'Seven.');
  expect(JSON.stringify(llm.lastRequest.messages)).toContain('Remember the number 7.');
  expect((await historyOf(socket, sessionOf('plain'))).map(({ content }) => content)).toEqual([
    'Remember the number 7.',
    'I do.',
    'Which number was it?',
    'Seven.',
  ]);
}

describeWithPostgres('a dump of a database whose gateway runs', () => {
  const databases: TestDatabase[] = [];

  afterEach(async () => {
    await Promise.all(databases.splice(0).map(({ drop }) => drop()));
  });

  async function database(): Promise<string> {
    const made = await createTestDatabase();
    databases.push(made);
    return made.dsn;
  }

  function postgres(program: 'pg_dump' | 'pg_restore', ...args: string[]): void {
    execFileSync(join(findServerBinaries()?.binDir ?? '', program), args, { stdio: 'pipe' });
  }

  it('is restored with identical transcripts, and what was going or waiting is answered there, once', async () => {
    const [original, copy] = [await database(), await database()];
    const first = await start({ dsn: original });
    const [ann, bob] = [await on(first, 'ann'), await on(first, 'bob')];
    await converse(ann);
    await say(bob, sessionOf('plain'), 'My secret is 8.', 'It is safe.');
    const gate = llm.when(asks('In the middle.')).gate();
    const going = ann.begin('chat.send', { sessionKey: GOING, message: 'In the middle.', stream: true });
    await gate.reached;
    gate.send('Half');
    await ann.until(() => ann.text === 'Half', 'some text');
    ann.begin('chat.send', { sessionKey: GOING, message: 'And behind it.' });
    await ann.until(() => ann.events.filter(({ type }) => type === 'run.accepted').length >= 2, 'both');
    const before = [await transcripts(first, 'ann'), await transcripts(first, 'bob')];
    const file = join(directory, 'goclaw.dump');
    postgres('pg_dump', '--format=custom', `--file=${file}`, original);

    postgres('pg_restore', '--exit-on-error', '--no-owner', `--dbname=${copy}`, file);
    const answered = llm.requests.length;
    llm.when(asks('In the middle.')).reply('Whole.');
    llm.when(asks('And behind it.')).reply('Behind.').reply('Behind, on the original.');
    const second = await start({ dsn: copy });
    const restored = await on(second, 'ann');
    const conversation = async () =>
      (await historyOf(restored, GOING)).map(({ role, content }) => `${role}: ${content}`);
    await expect
      .poll(conversation, PATIENCE)
      .toEqual(['user: In the middle.', 'assistant: Whole.', 'user: And behind it.', 'assistant: Behind.']);
    expect(llm.requests).toHaveLength(answered + 2);
    expect([await transcripts(second, 'ann'), await transcripts(second, 'bob')]).toEqual(before);
    await goOn(second, 'ann');

    // Whoever was dumped noticed nothing.
    gate.release(' and half.');
    expect((await ann.answer(going)).payload).toMatchObject({ content: 'Half and half.' });
  });
});

describe('a copy of the data directory', () => {
  let original: string;
  let copy: string;

  beforeEach(() => {
    [original, copy] = [join(directory, 'original'), join(directory, 'copy')];
    copyEmbeddedDatabase(original);
  });

  it('of a gateway that was stopped has identical transcripts, and goes on', async () => {
    const first = await start({ dataDir: original });
    await converse(await on(first, 'local'));
    const before = await transcripts(first, 'local');
    expect(await first.stop()).toBe(0);
    cpSync(original, copy, { recursive: true });
    const second = await start({ dataDir: copy });
    expect(await transcripts(second, 'local')).toEqual(before);
    await goOn(second, 'local');
  });

  it('of an idle gateway that runs starts beside it: the lock of the original is not its own', async () => {
    const first = await start({ dataDir: original });
    const socket = await on(first, 'local');
    await say(socket, sessionOf('plain'), 'Remember the number 7.', 'I do.');
    const before = await transcripts(first, 'local');
    cpSync(original, copy, { recursive: true });
    const second = await start({ dataDir: copy });
    expect(await transcripts(second, 'local')).toEqual(before);
    await goOn(second, 'local');
    expect(await transcripts(first, 'local')).toEqual(before);
  });
});
