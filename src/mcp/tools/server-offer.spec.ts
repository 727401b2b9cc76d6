import { describe, expect, it } from 'vitest';
import { httpTerms } from '../connection/link.fixture.js';
import type { ServerListing } from '../connection/server-listing.js';
import { EVERY_TOOL, mergeGrants, type ToolTerms } from '../access/tool-terms.js';
import type { McpServerTerms } from '../server/server-terms.js';
import { serverOffer } from './server-offer.js';

function listing(names: readonly string[], more: Partial<ServerListing> = {}): ServerListing {
  const tools = names.map((name) => ({
    name,
    description: `does ${name}`,
    inputSchema: { type: 'object' },
    isReadOnly: false,
  }));
  return {
    tools: new Map(tools.map((one) => [one.name, one])),
    unusable: [],
    hasResources: false,
    hasPrompts: false,
    ...more,
  };
}

function namesOf(
  names: readonly string[],
  terms: Partial<McpServerTerms> = {},
  granted: ToolTerms = EVERY_TOOL,
): string[] {
  const offer = serverOffer({} as never, httpTerms('http://wiki.test', terms), listing(names), granted);
  return offer.tools.map(({ spec }) => spec.name);
}

describe('what a server offers', () => {
  it('has its prefix, its groups and names that every vendor takes', () => {
    const { tools } = serverOffer(
      {} as never,
      httpTerms('http://wiki.test', { prefix: 'w' }),
      listing(['find.all']),
      EVERY_TOOL,
    );
    expect(tools[0]).toMatchObject({
      source: 'mcp:wiki',
      spec: { name: 'w__find_all', groups: ['mcp', 'mcp:wiki'], timeoutMs: 7_000 },
    });
    for (const name of namesOf(['ünïcödé näme', 'x'.repeat(300), 'a/b', '💥']))
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  it('has a name of its own for each tool, also where cleaning makes them the same', () => {
    const names = namesOf(['a.b', 'a/b', 'a b', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`]);
    expect(new Set(names).size).toBe(5);
    expect(names).toEqual(namesOf(['a.b', 'a/b', 'a b', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`]));
  });

  it('takes the time that the grant gives, and never more than the server', () => {
    const timesOf = (config_overrides: Record<string, unknown>) => {
      const granted = mergeGrants(
        { enabled: true, tool_allow: null, tool_deny: null, config_overrides },
        undefined,
      );
      const has = listing(['find'], { hasResources: true });
      const { tools } = serverOffer({} as never, httpTerms('http://wiki.test'), has, granted ?? EVERY_TOOL);
      return new Set(tools.map(({ spec }) => spec.timeoutMs));
    };
    expect(timesOf({ timeout_sec: 1 })).toEqual(new Set([3_000]));
    for (const other of [3_600, 0, -1, 1.5, '1', null])
      expect(timesOf({ timeout_sec: other })).toEqual(new Set([7_000]));
  });

  it('is what is granted, by the names that the server has', () => {
    const granted = mergeGrants({ enabled: true, tool_allow: ['a.b', 'c'], tool_deny: ['c'] }, undefined);
    expect(namesOf(['a.b', 'c', 'd'], { prefix: 'w' }, granted)).toEqual(['w__a_b']);
  });

  it('says of what a grant leaves out that it does', () => {
    const granted = mergeGrants({ enabled: true, tool_allow: ['a'], tool_deny: ['get_prompt'] }, undefined);
    const server = httpTerms('http://wiki.test', { prefix: 'w' });
    const { withheld } = serverOffer(
      {} as never,
      server,
      listing(['a', 'b'], { hasPrompts: true }),
      granted ?? EVERY_TOOL,
    );
    expect(withheld.map(({ name }) => name)).toEqual(['w__b', 'w__list_prompts', 'w__get_prompt']);
    expect(withheld[0]).toEqual({
      name: 'w__b',
      source: 'mcp:wiki',
      reason:
        'A grant of the MCP server wiki leaves b out. An admin can change its tool_allow and tool_deny.',
    });
  });

  it('is 128 tools at most; the rest is withheld with the remedy', () => {
    const many = Array.from({ length: 300 }, (_, index) => `t${index}`);
    const offer = serverOffer({} as never, httpTerms('http://wiki.test'), listing(many), EVERY_TOOL);
    expect([offer.tools.length, offer.withheld.length]).toEqual([128, 172]);
    expect(offer.withheld[0]).toMatchObject({ name: 't128', reason: expect.stringContaining('tool_allow') });
    const picked = mergeGrants({ enabled: true, tool_allow: ['t299'], tool_deny: null }, undefined);
    expect(namesOf(many, {}, picked)).toEqual(['t299']);
  });

  it('has resources and prompts as tools where the server has them, unless they are denied or its own are called so', () => {
    const offered = (names: string[], granted = EVERY_TOOL): string[] =>
      serverOffer(
        {} as never,
        httpTerms('http://wiki.test'),
        listing(names, { hasResources: true, hasPrompts: true }),
        granted,
      ).tools.map(({ spec }) => spec.name);
    expect(offered([])).toEqual([
      'wiki__list_resources',
      'wiki__read_resource',
      'wiki__list_prompts',
      'wiki__get_prompt',
    ]);
    const denied = mergeGrants({ enabled: true, tool_allow: null, tool_deny: ['read_resource'] }, undefined);
    expect(offered(['get_prompt'], denied)).toEqual([
      'get_prompt',
      'wiki__list_resources',
      'wiki__list_prompts',
    ]);
  });
});
