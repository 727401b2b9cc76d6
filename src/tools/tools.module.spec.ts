import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigModule } from '#config';
import { KernelModule } from '#kernel';
import { GatewayConfig } from '#permissions';
import { configOf } from '../../test/support/config.js';
import { runContext, tempWorkspace, textOf, toolCall } from '../../test/support/tools.js';
import { ToolExecutor } from './executor/tool-executor.js';
import { ToolPolicyConfig } from './policy/tool-policy.config.js';
import { ToolPolicy } from './policy/tool-policy.js';
import { ToolRegistry } from './registry/tool-registry.js';
import { ToolsConfig } from './tools.config.js';
import { ToolsModule } from './tools.module.js';

let module: Awaited<ReturnType<ReturnType<typeof Test.createTestingModule>['compile']>>;
let space: Awaited<ReturnType<typeof tempWorkspace>>;

beforeAll(async () => {
  space = await tempWorkspace();
  const config = configOf([GatewayConfig, ToolPolicyConfig, ToolsConfig], {});
  module = await Test.createTestingModule({
    imports: [KernelModule, ConfigModule.forRoot(config), ToolsModule],
  })
    .useMocker(standIn)
    .compile();
  await module.init();
});

afterAll(async () => {
  await module.close();
  await space.remove();
});

/** For what other modules bring along, and file tools never ask. */
function standIn(): object {
  return new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : () => undefined) });
}

describe('tools module', () => {
  it('offers the tools for files and commands, described for a model', () => {
    const tools = module.get(ToolPolicy).visibleTools(module.get(ToolRegistry), {});
    expect(tools.map((spec) => spec.name)).toEqual([
      'edit_file',
      'exec',
      'glob',
      'list_files',
      'process',
      'read_file',
      'search',
      'write_file',
    ]);
    for (const spec of tools) {
      expect(spec).toMatchObject({
        groups: [['exec', 'process'].includes(spec.name) ? 'runtime' : 'fs'],
        parameters: { type: 'object', additionalProperties: false },
      });
      expect(spec.description.length).toBeGreaterThan(40);
    }
  });

  it('executes a batch on a workspace: what one wrote, the next batch reads', async () => {
    const executor = module.get(ToolExecutor);
    const context = { run: runContext(), workspace: space.workspace, tools: module.get(ToolRegistry) };
    const first = await executor.executeAll(
      [
        toolCall('write_file', { path: 'a.txt', content: 'key: sk-abcdefghijklmnopqrstuvwx' }, '1'),
        toolCall('write_file', { path: '../b.txt', content: 'x' }, '2'),
        toolCall('write_file', { path: 'c.txt' }, '3'),
      ],
      {},
      context,
    );
    expect(first.map(({ result }) => textOf(result))).toEqual([
      'File written: a.txt (32 bytes)',
      expect.stringContaining('access denied'),
      expect.stringContaining("must have required property 'content'"),
    ]);
    const read = await executor.execute(toolCall('read_file', { path: 'a.txt' }), {}, context);
    expect(textOf(read.result)).toBe('key: [REDACTED]');
  });
});
