import { Injectable, Module, Scope } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { DefineTool, textResult, type Tool, type ToolResult, type ToolSpec } from '#contracts';
import { toolFrom } from '../../../test/support/tools.js';
import { ToolRegistry } from './tool-registry.js';

function spec(name: string): ToolSpec {
  return { name, description: name, parameters: { type: 'object' }, groups: [], repeatable: true };
}

@Injectable()
@DefineTool(spec('pear'))
class PearTool implements Tool {
  execute(): Promise<ToolResult> {
    return Promise.resolve(textResult('pear'));
  }
}

@Injectable()
@DefineTool(spec('apple'))
class AppleTool implements Tool {
  execute(): Promise<ToolResult> {
    return Promise.resolve(textResult('apple'));
  }
}

@Injectable()
@DefineTool(spec('pear'))
class OtherPearTool extends AppleTool {}

@Injectable({ scope: Scope.REQUEST })
@DefineTool(spec('plum'))
class RequestScopedTool extends AppleTool {}

@Injectable()
class NoTool {}

const open: { close(): Promise<void> }[] = [];

async function registryOf(...providers: (new () => object)[]): Promise<ToolRegistry> {
  @Module({ providers })
  class Elsewhere {}
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule, Elsewhere],
    providers: [ToolRegistry],
  }).compile();
  open.push(module);
  await module.init();
  return module.get(ToolRegistry);
}

function namesOf(registry: ToolRegistry): readonly string[] {
  return registry.list().map((entry) => entry.spec.name);
}

afterEach(async () => {
  for (const module of open.splice(0)) await module.close();
});

describe('tool registry', () => {
  it('finds marked classes of any module, sorted by name', async () => {
    const registry = await registryOf(PearTool, NoTool, AppleTool);
    expect(namesOf(registry)).toEqual(['apple', 'pear']);
    expect(registry.get('pear')?.tool).toBeInstanceOf(PearTool);
    expect(registry.get('plum')).toBeUndefined();
  });

  it('refuses to start when two classes claim one name, and names both', async () => {
    await expect(registryOf(PearTool, OtherPearTool)).rejects.toThrow(
      /"pear" is claimed by PearTool and by OtherPearTool/,
    );
  });

  it('refuses a tool that is made anew for each request', async () => {
    await expect(registryOf(RequestScopedTool)).rejects.toThrow(
      /"plum" \(RequestScopedTool\).*default scope/,
    );
  });

  it('takes and drops tools while it runs', async () => {
    const registry = await registryOf(PearTool);
    const tool = toolFrom(() => Promise.resolve(textResult('found')));
    registry.register(spec('wiki__find'), tool, 'MCP server wiki');
    expect(namesOf(registry)).toEqual(['pear', 'wiki__find']);
    expect(() => registry.register(spec('pear'), tool, 'MCP server wiki')).toThrow(
      /PearTool and by MCP server/,
    );
    expect(registry.unregister('wiki__find')).toBe(true);
    expect(registry.unregister('wiki__find')).toBe(false);
    expect(namesOf(registry)).toEqual(['pear']);
  });
});
