import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CacheInvalidated } from '#bus';
import { textResult, type ToolContext, type ToolResult, type ToolUser } from '#contracts';
import type { SealedFields } from '#permissions';
import type { CustomToolRow, CustomToolStore } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { runContext, textOf, toolContext } from '../../../test/support/tools.js';
import type { Approvals } from '../approvals/approvals.js';
import type { CommandPlaces } from '../exec/command-places.js';
import type { CommandRunner, ShellCommand } from '../exec/command-runner.js';
import { CUSTOM_TOOLS_MAX, CustomToolCatalog } from './custom-tool-catalog.js';
import { CustomToolRunner } from './custom-tool-runner.js';
import { CustomToolSource } from './custom-tool-source.js';

const SECRET = 'tok-0123456789';
const PARAMETERS = { type: 'object', properties: { host: { type: 'string' } } };
const WHERE = { root: '/ws', restrict: true };

let rows: CustomToolRow[];
let isDown: boolean;
let commands: ShellCommand[];
let shown: string;
let catalog: CustomToolCatalog;
let source: CustomToolSource;
let enabled: ReturnType<typeof vi.fn<CustomToolStore['enabled']>>;

function row(name: string, values: Partial<CustomToolRow> = {}): CustomToolRow {
  return {
    id: `id-of-${name}`,
    name,
    description: `does ${name}`,
    parameters: PARAMETERS,
    command: 'ping {{.host}}',
    working_dir: '',
    timeout_seconds: 10,
    env: null,
    agent_id: null,
    enabled: true,
    created_by: 'root',
    version: 1,
    created_at: new Date(0),
    updated_at: new Date(0),
    ...values,
  };
}

beforeEach(() => {
  rows = [];
  isDown = false;
  commands = [];
  shown = '';
  enabled = vi.fn<CustomToolStore['enabled']>((limit) =>
    isDown ? Promise.reject(new Error('away')) : Promise.resolve(rows.slice(0, limit)),
  );
  const run = (command: ShellCommand, context: ToolContext): Promise<ToolResult> => {
    commands.push(command);
    context.show(`${SECRET} pong`);
    return Promise.resolve({ ...textResult(`pong from ${SECRET}`), forUser: `${SECRET} of pong` });
  };
  const isUntouched = (): Promise<boolean> => Promise.resolve(true);
  const openMap = (text: string): Record<string, string> => {
    if (text === 'broken') throw new Error('no key');
    return JSON.parse(text) as Record<string, string>;
  };
  catalog = new CustomToolCatalog({ enabled } as unknown as CustomToolStore);
  const runner = new CustomToolRunner(
    { run } as unknown as CommandRunner,
    { isUntouched } as unknown as Approvals,
    { openMap } as unknown as SealedFields,
    { refusal: () => undefined } as unknown as CommandPlaces,
  );
  source = new CustomToolSource(catalog, runner);
});

const user = (agentId: string): ToolUser => ({
  caller: callerOf('ann'),
  agent: { id: agentId, key: agentId },
});

async function namesOf(agentId: string): Promise<string[]> {
  return (await source.offer(user(agentId))).tools.map(({ spec }) => spec.name);
}

async function toolOf(agentId: string) {
  const [entry] = (await source.offer(user(agentId))).tools;
  if (!entry) throw new Error('no tool is offered');
  const show = (text: string): void => void (shown += text);
  const context = toolContext(WHERE, { run: runContext({ agent: { id: agentId, key: agentId } }), show });
  return { entry, call: (args: object = { host: 'h' }) => entry.tool.execute({ ...args }, context) };
}

/** As a change of the records does it, here or on another replica. */
function change(...now: CustomToolRow[]): void {
  rows = now;
  catalog.handle(new CacheInvalidated('custom_tools', 'id'));
}

describe('Custom tools', () => {
  it('are those of all agents, and an agent’s own, which takes the place of one of the same name', async () => {
    rows = [
      row('ping'),
      row('ping', { id: 'own', agent_id: 'a1', description: 'own' }),
      row('who', { agent_id: 'a2' }),
    ];
    expect(await namesOf('a1')).toEqual(['ping']);
    expect((await toolOf('a1')).entry.spec.description).toBe('own');
    expect((await toolOf('a3')).entry.spec.description).toBe('does ping');
    expect(await namesOf('a2')).toEqual(['who', 'ping']);
  });

  it('are read once, and again when one was changed', async () => {
    rows = [row('ping')];
    const before = await source.offer(user('a1'));
    expect(await source.offer(user('a1'))).toBe(before);
    expect(enabled).toHaveBeenCalledTimes(1);
    catalog.handle(new CacheInvalidated('skills'));
    expect(await source.offer(user('a1'))).toBe(before);
    change(row('ping'), row('pong'));
    expect(await namesOf('a1')).toEqual(['ping', 'pong']);
  });

  it('stay as they were while the database is away, and are withheld when they were never read', async () => {
    isDown = true;
    expect((await source.offer(user('a1'))).withheld[0]?.reason).toContain('the next run tries again');
    isDown = false;
    rows = [row('ping')];
    expect(await namesOf('a1')).toEqual(['ping']);
    isDown = true;
    change();
    expect(await namesOf('a1')).toEqual(['ping']);
  });

  it('are bounded, and it is said that some are left out', async () => {
    rows = Array.from({ length: CUSTOM_TOOLS_MAX + 1 }, (_, i) => row(`t${i}`));
    const { tools, withheld } = await source.offer(user('a1'));
    expect(tools).toHaveLength(CUSTOM_TOOLS_MAX);
    expect(withheld[0]?.reason).toContain('disable what nobody uses');
  });

  it('run their command with the arguments quoted, their variables, directory and limit', async () => {
    rows = [row('ping', { env: JSON.stringify({ TOKEN: SECRET }), working_dir: 'sub' })];
    const { call, entry } = await toolOf('a1');
    await call({ host: 'x; rm y' });
    expect(commands).toEqual([
      { tool: 'ping', command: "ping 'x; rm y'", cwd: 'sub', env: { TOKEN: SECRET }, timeoutMs: 10_000 },
    ]);
    expect(entry.spec).toMatchObject({ groups: ['custom'], repeatable: false });
  });

  it('never show the values of their variables, neither to the model nor to who watches', async () => {
    rows = [row('ping', { env: JSON.stringify({ TOKEN: SECRET }) })];
    const result = await (await toolOf('a1')).call();
    expect([textOf(result), result.forUser]).toEqual(['pong from ***', '*** of pong']);
    expect(shown).toBe('*** pong');
  });

  it('say so when their variables cannot be opened, and run nothing', async () => {
    rows = [row('ping', { env: 'broken' })];
    const result = await (await toolOf('a1')).call();
    expect([result.isError, textOf(result)]).toEqual([
      true,
      expect.stringContaining('An admin must set them again'),
    ]);
    expect(commands).toEqual([]);
  });

  it('that were deleted, disabled or given to another agent are refused to a run that still has them', async () => {
    rows = [row('ping')];
    const { call } = await toolOf('a1');
    change(row('ping', { agent_id: 'a2' }));
    expect(textOf(await call())).toContain('was withdrawn');
    change();
    expect(textOf(await call())).toContain('was withdrawn');
    expect(commands).toEqual([]);
  });

  it('run the command as it is now, unless its arguments have become others', async () => {
    rows = [row('ping')];
    const { call } = await toolOf('a1');
    change(row('ping', { command: 'ping -c 1 {{.host}}' }));
    await call();
    expect(commands.map(({ command }) => command)).toEqual(["ping -c 1 'h'"]);
    change(row('ping', { parameters: { type: 'object', properties: { url: { type: 'string' } } } }));
    expect(textOf(await call())).toContain('were changed by an admin');
  });

  it('may be called again after a crash when they still waited for an approval', async () => {
    rows = [row('ping')];
    const { entry } = await toolOf('a1');
    expect(await entry.tool.isUntouched?.({ runId: 'r', toolCallId: 'c' })).toBe(true);
  });
});
