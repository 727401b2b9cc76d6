import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ToolSpec } from '#contracts';
import { ConfigService } from '#config';
import { type RegisteredTool, ToolRegistry } from '../registry/tool-registry.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { resolvePolicy } from './resolve-policy.js';
import type { ResolvedPolicy, ToolScope } from './tool-policy.types.js';

/** Different scopes (agent policy, provider, channel) whose tools are remembered. */
const SCOPES_KNOWN_MAX = 1_000;

/** Which tools a run may use, by the rules as they are now. */
@Injectable()
export class ToolPolicy {
  private visible = remembered([], new ToolPolicyConfig());

  constructor(
    private readonly registry: ToolRegistry,
    private readonly config: ConfigService,
  ) {}

  /**
   * Decides about every registered tool.
   * @throws ToolsError when a policy names an unknown profile.
   */
  resolve(scope: ToolScope): ResolvedPolicy {
    const specs = this.registry.list().map((entry) => entry.spec);
    return resolvePolicy(specs, { ...scope, global: this.config.get(ToolPolicyConfig) });
  }

  /**
   * The tools to show a model, sorted by name so that prompts stay byte-stable. For the same scope it is the same
   * array as long as no tool comes or goes, so that what is made from it can be kept.
   */
  visibleTools(scope: ToolScope): readonly ToolSpec[] {
    const tools = this.registry.list();
    const global = this.config.get(ToolPolicyConfig);
    if (this.visible.tools !== tools || this.visible.global !== global)
      this.visible = remembered(tools, global);
    const key = JSON.stringify(scope);
    const specs = this.visible.byScope.get(key) ?? this.allowedOf(tools, scope);
    this.visible.byScope.set(key, specs);
    return specs;
  }

  private allowedOf(tools: readonly RegisteredTool[], scope: ToolScope): readonly ToolSpec[] {
    const { allowed } = this.resolve(scope);
    return tools.map((entry) => entry.spec).filter((spec) => allowed.has(spec.name));
  }
}

/** What scopes see, as long as the tools and the global rules are these. */
function remembered(tools: readonly RegisteredTool[], global: Readonly<ToolPolicyConfig>) {
  return { tools, global, byScope: new LRUCache<string, readonly ToolSpec[]>({ max: SCOPES_KNOWN_MAX }) };
}
