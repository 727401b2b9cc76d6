import { describe, expect, it } from 'vitest';
import { type ClientEvents, type GoClawClient, RpcError } from '#client';
import { ErrorCode, type PendingApproval } from '#protocol';
import { testContext } from '../cli-context.fixture.js';
import { ApprovalPrompt } from './approval-prompt.js';
import { ChatScreen } from './chat-screen.js';

const SESSION = 'agent:default:ws:direct:ann';

function approval(id: string, more: Partial<PendingApproval> = {}): PendingApproval {
  return {
    id,
    command: 'make all',
    entries: ['make all'],
    reason: 'Not listed: make all',
    tool: 'exec',
    place: 'host',
    canAlways: true,
    agentId: 'default',
    runId: 'r',
    sessionKey: SESSION,
    userId: 'ann',
    createdAt: 0,
    expiresAt: 1,
    ...more,
  };
}

/** A conversation in which commands wait. */
function chat(canAnswer = true) {
  const context = testContext();
  const listeners = new Map<string, Set<(value: never) => void>>();
  const asked: unknown[][] = [];
  let pending: PendingApproval[] = [];
  let failure: RpcError | undefined;
  const client = {
    on: (event: string, listener: (value: never) => void) => {
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(listener));
      return () => void all.delete(listener);
    },
    call: (...call: unknown[]) => {
      if (call[0] === 'exec.approval.list') return Promise.resolve({ pending });
      asked.push(call);
      return failure ? Promise.reject(failure) : Promise.resolve({});
    },
  } as unknown as GoClawClient;
  const prompt = new ApprovalPrompt(client, new ChatScreen(context), SESSION);
  const end = prompt.listen(
    () => canAnswer,
    (write) => write(),
  );
  return {
    prompt,
    asked,
    end,
    listeners,
    emit: <E extends keyof ClientEvents>(event: E, value: ClientEvents[E]) =>
      listeners.get(event)?.forEach((listener) => listener(value as never)),
    told: () => context.stderr.text,
    waits: (...list: PendingApproval[]) => (pending = list),
    fails: (error?: RpcError) => (failure = error),
  };
}

describe('A command that waits, in a chat', () => {
  it('is shown whole, with where it would run', () => {
    const { emit, told } = chat();
    emit(
      'exec.approval.requested',
      approval('1', { command: 'cd a\nmake', entries: ['cd a', 'make'], cwd: 'src' }),
    );
    expect(told()).toContain(
      'on the gateway’s machine, in src (exec):\n  cd a\n  make\nIt starts: cd a · make\n',
    );
    expect(told()).toContain('y: once, a: always, n: no');
  });

  it('is shown with whatever a terminal would hide or obey', () => {
    const { emit, told } = chat();
    emit('exec.approval.requested', approval('1', { command: 'echo \u001b[2K\u202etxt\u200b' }));
    expect(told()).toContain(String.raw`echo \u{1b}[2K\u{202e}txt\u{200b}`);
  });

  it.each([
    ['y', ['exec.approval.approve', { id: '1', always: false }]],
    ['YES', ['exec.approval.approve', { id: '1', always: false }]],
    ['a', ['exec.approval.approve', { id: '1', always: true }]],
    ['n', ['exec.approval.deny', { id: '1' }]],
  ])('is answered by %s', (line, call) => {
    const { prompt, emit, asked } = chat();
    emit('exec.approval.requested', approval('1'));
    expect(prompt.take(line)).toBe(true);
    expect(asked).toEqual([call]);
  });

  it('is not answered by a message, nor by a word that nobody asked for', () => {
    const { prompt, emit, asked } = chat();
    expect(prompt.take('y')).toBe(false);
    emit('exec.approval.requested', approval('1'));
    expect(prompt.take('yes please')).toBe(false);
    expect(asked).toEqual([]);
  });

  it('is asked for no more once somebody decided', () => {
    const { prompt, emit, told } = chat();
    emit('exec.approval.requested', approval('1'));
    emit('exec.approval.resolved', { ...approval('1'), decision: 'deny' });
    expect(told()).toContain('Command denied.');
    expect(prompt.take('y')).toBe(false);
  });

  it('is answered before the next one is shown', () => {
    const { prompt, emit, asked, told } = chat();
    emit('exec.approval.requested', approval('1'));
    emit('exec.approval.requested', approval('2', { command: 'rm -r src' }));
    expect(told()).not.toContain('rm -r');
    prompt.take('n');
    emit('exec.approval.resolved', { ...approval('1'), decision: 'deny' });
    expect(told()).toContain('rm -r src');
    prompt.take('y');
    expect(asked.map(([, params]) => params)).toEqual([{ id: '1' }, { id: '2', always: false }]);
  });

  it('of another conversation is not shown', () => {
    const { emit, told } = chat();
    emit('exec.approval.requested', approval('1', { sessionKey: 'agent:default:ws:direct:bob' }));
    expect(told()).toBe('');
  });

  it('is shown when the connection is back, once', async () => {
    const { emit, told, waits } = chat();
    waits(approval('1'));
    const welcome = {} as ClientEvents['connected'];
    emit('connected', welcome);
    await expect.poll(told).toContain('make all');
    emit('exec.approval.requested', approval('1'));
    expect(told().split('The agent wants').length).toBe(2);
  });

  it('can be answered otherwise when it cannot be allowed for good', async () => {
    const { prompt, emit, told, fails, asked } = chat();
    emit('exec.approval.requested', approval('1'));
    fails(new RpcError({ code: ErrorCode.INVALID_REQUEST, message: 'It cannot be.' }));
    prompt.take('a');
    await expect.poll(told).toContain('It cannot be.');
    fails(undefined);
    expect(prompt.take('y')).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('says where to decide when nobody is at the keyboard', () => {
    const { emit, told } = chat(false);
    emit('exec.approval.requested', approval('1'));
    expect(told()).toContain('decide about it in another client');
  });

  it('is not shown by a list that is older than its end', async () => {
    const { prompt, emit, told, waits } = chat();
    waits(approval('1'));
    emit('connected', {} as ClientEvents['connected']);
    emit('exec.approval.resolved', { ...approval('1'), decision: 'expired' });
    emit('exec.approval.requested', approval('2', { command: 'make install' }));
    await expect.poll(told).toContain('make install');
    prompt.take('y');
    expect(told()).not.toContain('  make all');
  });

  it('is heard of no more when the chat ends', async () => {
    const { end, listeners } = chat();
    end();
    await expect.poll(() => [...listeners.values()].every((all) => all.size === 0)).toBe(true);
  });
});
