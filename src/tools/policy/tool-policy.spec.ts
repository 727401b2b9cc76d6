import { describe, expect, it } from 'vitest';
import { configOf } from '../../../test/support/config.js';
import { singleTool } from '../registry/toolset.js';
import { isReservedName, SUBAGENT_DENIED } from './tool-groups.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { ToolPolicy } from './tool-policy.js';

const spec = {
  name: 'exec',
  description: '',
  parameters: { type: 'object' },
  groups: ['runtime'],
  repeatable: false,
};
const tools = singleTool({
  spec,
  tool: { execute: () => Promise.reject(new Error('not called')) },
  source: 'core',
});

describe('the tools that a model is shown', () => {
  it('are those of the rules of now, and the same array as long as these are the same', () => {
    const config = configOf([ToolPolicyConfig]);
    const policy = new ToolPolicy(config);
    const before = policy.visibleTools(tools, {});
    expect(before).toEqual([spec]);
    expect(policy.visibleTools(tools, {})).toBe(before);
    config.adopt(configOf([ToolPolicyConfig], { tools: { deny: ['exec'] } }));
    expect(policy.visibleTools(tools, {})).toEqual([]);
  });

  it('have names that nothing else may be called by, also where the tool is still to come', () => {
    const still = [...SUBAGENT_DENIED, 'bash', 'image', 'spawn', 'tts', 'canvas'];
    expect(still.filter((name) => !isReservedName(name))).toEqual([]);
    expect(isReservedName('deploy')).toBe(false);
  });
});
