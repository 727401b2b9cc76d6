import { afterEach, describe, expect, it } from 'vitest';
import { CacheInvalidated, RunFinished, SessionChanged } from '#bus';
import { runContext } from '../../../test/support/tools.js';
import {
  type ExecWorld,
  execWorld,
  type ExecWorldOptions,
  processesWith,
  strangerContext,
} from '../exec/exec-world.fixture.js';
import { HOST_COMMANDS_MAX_PER_USER } from '../exec/exec.limits.js';

const worlds: ExecWorld[] = [];

async function worldOf(options: ExecWorldOptions = {}): Promise<ExecWorld> {
  const world = await execWorld(options);
  worlds.push(world);
  return world;
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

let lastNumber = 8_000_000 + Math.floor(Math.random() * 900_000);
function uniqueSleep(): string {
  lastNumber += 1;
  return `sleep ${lastNumber}`;
}

const background = { background: true, yield_ms: 0 };

describe('a background command', () => {
  it('goes on after its call, and its output is read as it comes', async () => {
    const world = await worldOf();
    const begun = await world.exec({
      command: 'echo one; read line; echo "got $line"; read line; echo last',
      background: true,
      yield_ms: 300,
    });
    expect(begun.text).toMatch(/^one\n\nIt goes on in the background as process p1\./);
    expect(await world.process({ action: 'poll', process_id: 'p1' })).toEqual({
      text: '(no new output)\n\np1: running',
      isError: false,
    });
    expect((await world.process({ action: 'write', process_id: 'p1', data: 'hello\n' })).text).toContain(
      '6 characters written',
    );
    expect((await world.process({ action: 'poll', process_id: 'p1', wait_ms: 5_000 })).text).toBe(
      'got hello\n\np1: running',
    );
    await world.process({ action: 'write', process_id: 'p1', eof: true });
    await expect
      .poll(async () => (await world.process({ action: 'list' })).text)
      .toMatch(/^p1 {2}ended \(exit code 0\)/);
    expect((await world.process({ action: 'poll', process_id: 'p1' })).text).toBe(
      'last\n\np1: ended (exit code 0)',
    );
    expect((await world.process({ action: 'log', process_id: 'p1', lines: 2 })).text).toMatch(
      /got hello\nlast\n\np1: ended/,
    );
  });

  it('that ends while its call still looks is told like any other', async () => {
    const world = await worldOf();
    expect(await world.exec({ command: 'echo quick; exit 2', background: true })).toEqual({
      text: 'quick\n\nExit code: 2',
      isError: true,
    });
    expect((await world.exec({ command: 'echo x', yield_ms: 5_000 })).text).toBe('x');
  });

  it('is ended by kill with everything that it has started, and takes no more input', async () => {
    const world = await worldOf();
    const sleep = uniqueSleep();
    await world.exec({ command: `(setsid ${sleep} &) ; ${sleep}`, ...background });
    await expect.poll(() => processesWith(sleep)).toHaveLength(2);
    expect((await world.process({ action: 'kill', process_id: 'p1' })).text).toContain(
      'was ended, with everything',
    );
    expect(processesWith(sleep)).toEqual([]);
    expect((await world.process({ action: 'write', process_id: 'p1', data: 'x' })).isError).toBe(true);
    expect((await world.process({ action: 'kill', process_id: 'p1' })).text).toContain('has ended already');
  });

  it('that does not read keeps nobody waiting', async () => {
    const world = await worldOf();
    await world.exec({ command: uniqueSleep(), ...background });
    const answers: string[] = [];
    for (let writes = 0; writes < 40; writes += 1) {
      answers.push(
        (await world.process({ action: 'write', process_id: 'p1', data: 'x'.repeat(65_536) })).text,
      );
      if (answers.at(-1)?.includes('does not read its input yet') === true) break;
    }
    expect(answers[0]).toContain('65536 characters written');
    expect(answers.at(-1)).toContain('does not read its input yet');
  });

  it('that prints without end keeps the newest of it', { timeout: 20_000 }, async () => {
    const world = await worldOf();
    await world.exec({ command: 'yes | nl', background: true, yield_ms: 1_500 });
    await world.process({ action: 'kill', process_id: 'p1' });
    const { text } = await world.process({ action: 'log', process_id: 'p1', lines: 5_000 });
    expect(text.length).toBeLessThan(50_000);
    expect(text).toMatch(/^\[… \d+ earlier characters left out …\]/);
  });

  it('is nobody else’s: no other user, agent or session sees it, whatever id they say', async () => {
    const world = await worldOf();
    await world.exec({ command: uniqueSleep(), ...background });
    const run = runContext();
    const others = [
      strangerContext('bob'),
      { run: { ...run, agent: { id: 'agent-2', key: 'other' } } },
      { run: { ...run, session: { id: 'session-2', key: run.session.key } } },
      { run: { ...run, session: { key: run.session.key } } },
    ];
    for (const other of others) {
      expect((await world.process({ action: 'list' }, other)).text).toContain('No background commands');
      for (const action of ['poll', 'log', 'write', 'kill'])
        expect((await world.process({ action, process_id: 'p1' }, other)).isError).toBe(true);
    }
    expect((await world.process({ action: 'list' })).text).toMatch(/^p1 {2}running/);
  });

  it.each([
    ['its session is reset or deleted', () => new SessionChanged('session-1'), undefined],
    [
      'its run ends, where the conversation is not stored',
      () => new RunFinished('run-1', 'default', runContext().caller, undefined, 'key', 'completed'),
      { run: { ...runContext(), session: { key: 'agent:default:http' } } },
    ],
    [
      'its user is erased, where it was started by hand',
      () => new CacheInvalidated('sandboxes', 'ann'),
      { run: { ...runContext(), session: { key: 'agent:default:http' }, byHand: true as const } },
    ],
  ])('ends when %s', async (_, event, context) => {
    const world = await worldOf();
    const sleep = uniqueSleep();
    await world.exec({ command: sleep, ...background }, context ?? {});
    await expect.poll(() => processesWith(sleep)).toHaveLength(1);
    world.background.handle(new SessionChanged('session-9'));
    world.background.handle(new CacheInvalidated('sandboxes', 'bob'));
    expect((await world.process({ action: 'list' }, context ?? {})).text).toContain('running');
    world.background.handle(event());
    await expect.poll(() => processesWith(sleep)).toEqual([]);
    expect((await world.process({ action: 'list' }, context ?? {})).text).toContain('No background commands');
  });

  it('is ended when its call is stopped while it is watched', async () => {
    const world = await worldOf();
    const stop = new AbortController();
    const sleep = uniqueSleep();
    const call = world.exec({ command: sleep, yield_ms: 600_000 }, { signal: stop.signal });
    await expect.poll(() => processesWith(sleep)).toHaveLength(1);
    stop.abort();
    expect((await call).text).toContain('ended because the call was stopped');
    expect(processesWith(sleep)).toEqual([]);
  });

  it('holds no place that a command of the same user waits for', async () => {
    const world = await worldOf({ exec: { background_max: HOST_COMMANDS_MAX_PER_USER } });
    for (let count = 0; count < HOST_COMMANDS_MAX_PER_USER; count++)
      expect((await world.exec({ command: uniqueSleep(), ...background })).text).toContain(
        'in the background',
      );
    expect(await world.run('echo hi')).toEqual({ text: 'hi', isError: false });
  });

  it('outlives the run that started it, in a conversation that is stored', async () => {
    const world = await worldOf();
    const stop = new AbortController();
    const sleep = uniqueSleep();
    await world.exec({ command: sleep, ...background }, { signal: stop.signal });
    stop.abort();
    world.background.handle(
      new RunFinished('run-1', 'default', runContext().caller, 'session-1', 'key', 'completed'),
    );
    expect((await world.process({ action: 'list' })).text).toContain('running');
  });

  it('ends with the gateway', async () => {
    const world = await execWorld();
    const sleep = uniqueSleep();
    await world.exec({ command: `setsid ${sleep}`, ...background });
    await expect.poll(() => processesWith(sleep)).toHaveLength(1);
    await world.close();
    expect(processesWith(sleep)).toEqual([]);
  });

  it('is one of a number that a session and a user may have', async () => {
    const world = await worldOf({ exec: { background_max: 2 } });
    await world.exec({ command: uniqueSleep(), ...background });
    await world.exec({ command: uniqueSleep(), ...background });
    expect((await world.exec({ command: 'echo x', ...background })).text).toContain(
      'has 2 background commands, and may have 2',
    );
    expect((await world.run('echo x')).text).toBe('x');
    await world.process({ action: 'kill', process_id: 'p1' });
    expect((await world.exec({ command: 'echo x', ...background, yield_ms: 5_000 })).text).toBe('x');
  });

  it('is denied and asked about like any other', async () => {
    const world = await worldOf({ approve: () => ({ allowed: false, message: 'no' }) });
    expect(await world.exec({ command: 'ls', ...background })).toEqual({ text: 'no', isError: true });
    expect((await world.exec({ command: 'rm -rf x', ...background })).text).toContain('denied');
    expect((await world.process({ action: 'list' })).text).toContain('No background commands');
  });
});

describe('an idle background command', () => {
  it('is ended, and forgotten some time later', async () => {
    const world = await worldOf({ exec: { background_idle_min: 1 }, manual: true });
    const sleep = uniqueSleep();
    await world.exec({ command: sleep, ...background });
    await expect.poll(() => processesWith(sleep)).toHaveLength(1);
    world.clock.advance(50_000);
    await world.process({ action: 'poll', process_id: 'p1' });
    world.clock.advance(50_000);
    expect((await world.process({ action: 'list' })).text).toContain('running');
    world.clock.advance(45_000);
    await expect.poll(() => processesWith(sleep)).toEqual([]);
    // From when its end is known here, it is kept for a while.
    const list = async (): Promise<string> => (await world.process({ action: 'list' })).text;
    await expect.poll(() => list()).not.toContain('running');
    world.clock.advance(60_000);
    expect(await list()).toContain('No background commands');
  });
});
