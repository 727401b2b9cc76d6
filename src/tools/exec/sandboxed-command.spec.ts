import { afterEach, describe, expect, it } from 'vitest';
import {
  CommandError,
  type CommandRequest,
  type RunningCommand,
  type Sandbox,
  type SandboxTerms,
} from '#contracts';
import { type ExecWorld, execWorld, type ExecWorldOptions } from './exec-world.fixture.js';

const worlds: ExecWorld[] = [];

async function worldOf(options: ExecWorldOptions = {}): Promise<ExecWorld> {
  const world = await execWorld(options);
  worlds.push(world);
  return world;
}

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

describe('a command of an agent with a sandbox', () => {
  const context = { sandbox: {} as SandboxTerms };

  it('runs there, in its directory, for its user, agent and session, and never on the host', async () => {
    const seen: unknown[] = [];
    const world = await worldOf({
      mode: 'managed',
      sandbox: (terms, owner, root) => {
        seen.push({ terms, owner, root });
        return Promise.resolve(sandboxThat((request) => seen.push(request.argv, request.cwd)));
      },
    });
    const result = await world.exec({ command: 'pwd', working_dir: 'sub/dir' }, context);
    expect(result).toEqual({ text: 'from inside', isError: false });
    expect(seen).toEqual([
      {
        terms: context.sandbox,
        owner: { userId: 'ann', agentId: 'agent-1', sessionKey: 'agent:default:ws:direct:ann' },
        root: world.workspace.root,
      },
      ['sh', '-c', 'pwd'],
      '/workspace/sub/dir',
    ]);
  });

  it('has a sandbox of its own when it holds variables: others could read them', async () => {
    const owners: unknown[] = [];
    const world = await worldOf({
      sandbox: (_terms, { onlyTool }) => {
        owners.push(onlyTool);
        return Promise.resolve(sandboxThat(() => undefined));
      },
    });
    const command = { tool: 'deploy', command: 'true', timeoutMs: 5_000 };
    await world.runner.run({ ...command, env: { API_KEY: 'of-deploy' } }, world.contextOf(context));
    await world.runner.run({ ...command, env: {} }, world.contextOf(context));
    await world.run('true', context);
    expect(owners).toEqual(['deploy', undefined, undefined]);
  });

  it('has no directory that no name of one can be: the engine is not asked', async () => {
    const seen: CommandRequest[] = [];
    const world = await worldOf({
      sandbox: () => Promise.resolve(sandboxThat((request) => seen.push(request))),
    });
    const { text } = await world.exec({ command: 'pwd', working_dir: 'a\0b' }, context);
    expect([text, seen]).toEqual([expect.stringContaining('There is no directory'), []]);
  });

  it('is not started, and no sandbox made for it, when its call was stopped while it waited', async () => {
    const stop = new AbortController();
    const made: string[] = [];
    const world = await worldOf({
      approve: () => {
        stop.abort();
        return { allowed: true };
      },
      sandbox: () => {
        made.push('sandbox');
        return Promise.resolve(sandboxThat(() => undefined));
      },
    });
    const { text } = await world.run('true', { ...context, signal: stop.signal });
    expect([text, made]).toEqual(['The command was not started: the call was stopped before.', []]);
  });

  it('is a result for the model when the sandbox is gone', async () => {
    const gone = new CommandError('unavailable', 'Docker does not answer. Tell the user.');
    const world = await worldOf({ sandbox: () => Promise.reject(gone) });
    expect(await world.run('echo x', context)).toEqual({ text: gone.message, isError: true });
  });
});

/** A place whose commands print one line and end. */
function sandboxThat(sees: (request: CommandRequest) => void): Sandbox {
  const start = (request: CommandRequest): Promise<RunningCommand> => {
    sees(request);
    request.onOutput('stdout', new TextEncoder().encode('from inside\n'));
    const ended = Promise.resolve({ exitCode: 0 });
    const nothing = (): Promise<void> => Promise.resolve();
    return Promise.resolve({ ended, write: nothing, endInput: () => undefined, kill: nothing });
  };
  return { kind: 'sandbox', root: '/workspace', id: 'box', files: {} as Sandbox['files'], start };
}
