import { describe, expect, it, vi } from 'vitest';
import type { OfferedTool } from '#contracts';
import { configOf } from '../../../test/support/config.js';
import { toolFrom } from '../../../test/support/tools.js';
import { singleTool, type Toolset } from '../registry/toolset.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { ToolPolicy } from './tool-policy.js';

function toolset(name: string): Toolset {
  const spec = { name, description: name, parameters: {}, groups: [], repeatable: true };
  const entry: OfferedTool = {
    spec,
    tool: toolFrom(() => Promise.reject(new Error('not called'))),
    source: 'test',
  };
  return singleTool(entry);
}

describe('the policy of a gateway', () => {
  it('reads the rules of a scope once, for whatever tools it is asked', () => {
    const policy = new ToolPolicy(configOf([ToolPolicyConfig]));
    const deny = ['exec'];
    const read = vi.spyOn(deny, 'map');
    const decide = (name: string) => policy.resolve(toolset(name), { agent: { deny } }).explain(name).allowed;
    expect([decide('exec'), decide('glob'), decide('exec')]).toEqual([false, true, false]);
    expect(read).toHaveBeenCalledOnce();
    expect(policy.resolve(toolset('exec'), {}).explain('exec').allowed).toBe(true);
  });

  it('decides by the rules of everybody as they are now', () => {
    const config = configOf([ToolPolicyConfig]);
    const policy = new ToolPolicy(config);
    const tools = toolset('exec');
    const isAllowed = () => policy.resolve(tools, {}).explain('exec').allowed;
    expect(isAllowed()).toBe(true);
    expect(policy.visibleTools(tools, {})).toHaveLength(1);
    config.adopt(configOf([ToolPolicyConfig], { tools: { deny: ['exec'] } }));
    expect(isAllowed()).toBe(false);
    expect(policy.visibleTools(tools, {})).toEqual([]);
  });
});
