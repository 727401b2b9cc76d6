import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigService, loadConfig } from '#config';
import { ToolPolicyConfig } from './policy/tool-policy.config.js';
import { ToolsConfig } from './tools.config.js';

function load(text: string): ConfigService {
  const path = join(mkdtempSync(join(tmpdir(), 'goclaw-tools-config-')), 'config.json');
  writeFileSync(path, text);
  return loadConfig({ path, env: {}, sections: [ToolPolicyConfig, ToolsConfig] });
}

describe('tools section', () => {
  it('has the defaults of the reference', () => {
    const config = load('{}');
    expect(config.get(ToolsConfig)).toMatchObject({ rate_limit_per_hour: 0, scrub_credentials: true });
    expect(config.get(ToolPolicyConfig)).toMatchObject({
      allow: [],
      deny: [],
      alsoAllow: [],
      byProvider: {},
    });
  });

  it('reads policy and limits from one section', () => {
    const config = load(
      "{ tools: { profile: 'coding', deny: ['group:mcp:wiki'], byProvider: { groq: { allow: ['exec'] } }, rate_limit_per_hour: 9 } }",
    );
    expect(config.get(ToolPolicyConfig).byProvider['groq']?.allow).toEqual(['exec']);
    expect(config.get(ToolsConfig).rate_limit_per_hour).toBe(9);
  });

  it.each([
    ["{ tools: { profile: 'everything' } }", 'tools.profile', 'minimal, coding, messaging, full'],
    ["{ tools: { deny: ['group:sf'] } }", 'tools.deny', 'may name the groups group:memory'],
    ["{ tools: { byProvider: { groq: { profile: 'x' } } } }", 'tools.byProvider.groq.profile', 'minimal'],
    [
      '{ tools: { byProvider: { groq: { byProvider: {} } } } }',
      'tools.byProvider.groq.byProvider',
      'unknown key',
    ],
    ['{ tools: { rate_limit_per_hour: -1 } }', 'tools.rate_limit_per_hour', 'must not be less than 0'],
  ])('refuses %s and names %s', (text, path, message) => {
    let error: unknown;
    try {
      load(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ConfigError);
    const issue = error instanceof ConfigError ? error.issues.find((one) => one.path === path) : undefined;
    expect(issue?.message).toContain(message);
  });
});
