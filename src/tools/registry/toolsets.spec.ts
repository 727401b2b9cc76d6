import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DefineTool,
  DefineToolSource,
  GATEWAY_TOOLS_ORDER,
  type Offer,
  type OfferedTool,
  textResult,
  type Tool,
  type ToolResult,
  type ToolSource,
  type ToolSpec,
  type ToolUser,
} from '#contracts';
import { callerOf } from '../../../test/support/callers.js';
import { toolFrom } from '../../../test/support/tools.js';
import { ToolRegistry } from './tool-registry.js';
import { Toolsets } from './toolsets.js';

function spec(name: string, description = name): ToolSpec {
  return { name, description, parameters: { type: 'object' }, groups: [], repeatable: true };
}

function offered(source: string, ...names: string[]): OfferedTool[] {
  const tool = toolFrom(() => Promise.resolve(textResult(source)));
  return names.map((name) => ({ spec: spec(name, source), tool, source }));
}

@Injectable()
@DefineTool(spec('read_file'))
class ReadFile implements Tool {
  execute(): Promise<ToolResult> {
    return Promise.resolve(textResult('text'));
  }
}

const NOTHING: Offer = { tools: [], withheld: [] };

class Source implements ToolSource {
  readonly offers = new Map<string, Offer>();

  offer({ caller }: ToolUser): Promise<Offer> {
    return Promise.resolve(this.offers.get(caller.userId) ?? NOTHING);
  }
}

@Injectable()
@DefineToolSource(20)
class Late extends Source {}

@Injectable()
@DefineToolSource(10)
class Early extends Source {}

@Injectable()
@DefineToolSource(GATEWAY_TOOLS_ORDER)
class Own extends Source {}

const ANN: ToolUser = { caller: callerOf('ann'), agent: { id: 'a1', key: 'default' } };
const BOB: ToolUser = { ...ANN, caller: callerOf('bob') };

describe('The tools of a user', () => {
  let module: TestingModule;
  let toolsets: Toolsets;
  beforeEach(async () => {
    @Module({ providers: [Late, Early, Own, ReadFile] })
    class Elsewhere {}
    module = await Test.createTestingModule({
      imports: [DiscoveryModule, Elsewhere],
      providers: [ToolRegistry, Toolsets],
    }).compile();
    await module.init();
    toolsets = module.get(Toolsets);
  });
  afterEach(() => module.close());

  function offers(source: typeof Source, user: ToolUser, tools: readonly OfferedTool[]): void {
    module.get(source, { strict: false }).offers.set(user.caller.userId, { tools, withheld: [] });
  }

  async function namesOf(user: ToolUser): Promise<string[]> {
    return (await toolsets.of(user)).list().map((entry) => entry.spec.name);
  }

  it('are those of the program, where no source has more', async () => {
    expect(await toolsets.of(ANN)).toBe(module.get(ToolRegistry));
  });

  it('are with those of every source, sorted, for whom they are offered', async () => {
    offers(Late, ANN, offered('late', 'wiki', 'abacus'));
    expect(await namesOf(ANN)).toEqual(['abacus', 'read_file', 'wiki']);
    expect(await namesOf(BOB)).toEqual(['read_file']);
  });

  it('never lose one of the program to a source, nor one of a source to a later one', async () => {
    offers(Late, ANN, offered('late', 'read_file', 'deploy'));
    offers(Early, ANN, offered('early', 'deploy'));
    const set = await toolsets.of(ANN);
    expect(set.get('read_file')?.source).toBe('ReadFile');
    expect(set.get('deploy')?.source).toBe('early');
    expect(set.withheld().map(({ name, source }) => [name, source])).toEqual([
      ['read_file', 'late'],
      ['deploy', 'late'],
    ]);
    expect(set.withheld()[1]?.reason).toContain('is taken by the tool of early');
  });

  it('have none of a source under a name that policies keep for the gateway, nor under another name of one', async () => {
    offers(Late, ANN, offered('late', 'cron', 'bash', 'crontab'));
    expect(await namesOf(ANN)).toEqual(['crontab', 'read_file']);
    expect((await toolsets.of(ANN)).withheld().map(({ name }) => name)).toEqual(['cron', 'bash']);
  });

  it('have those of the gateway itself under their names, though they come and go', async () => {
    offers(Own, ANN, offered('own', 'cron'));
    expect((await toolsets.of(ANN)).get('cron')?.source).toBe('own');
  });

  it('are the same object while nothing changed, and others afterwards; who has them keeps them', async () => {
    offers(Early, ANN, offered('early', 'deploy'));
    const before = await toolsets.of(ANN);
    expect(await toolsets.of(ANN)).toBe(before);
    offers(Early, ANN, offered('early', 'rollback'));
    expect(await namesOf(ANN)).toEqual(['read_file', 'rollback']);
    expect(before.get('deploy')).toBeDefined();
  });
});
