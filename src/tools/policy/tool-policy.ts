import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OfferedTool, ToolSpec } from '#contracts';
import { ConfigService } from '#config';
import type { Toolset } from '../registry/toolset.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { type CompiledPolicy, compilePolicy, resolvePolicy } from './resolve-policy.js';
import type { ResolvedPolicy, ToolScope } from './tool-policy.types.js';

/** Different scopes (agent policy, provider, channel) that are remembered, in all and of one set of tools. */
const RULES_KNOWN_MAX = 1_000;
const SCOPES_KNOWN_MAX = 100;

/** Which tools a run may use, by the rules as they are now. */
@Injectable()
export class ToolPolicy {
  private rules: ScopeRules | undefined;
  private readonly known = new WeakMap<readonly OfferedTool[], Visible>();

  constructor(private readonly config: ConfigService) {}

  /**
   * Decides about every tool that there is.
   * @throws ToolsError when a policy names an unknown profile.
   */
  resolve(tools: Toolset, scope: ToolScope): ResolvedPolicy {
    return resolvePolicy(tools, this.rulesOf(scope, JSON.stringify(scope)));
  }

  /**
   * The tools to show a model, sorted by name so that prompts stay byte-stable. For the same scope it is the same
   * array as long as no tool comes or goes, so that what is made from it can be kept.
   */
  visibleTools(tools: Toolset, scope: ToolScope): readonly ToolSpec[] {
    const visible = this.visibleOf(tools.list());
    const key = JSON.stringify(scope);
    const specs = visible.byScope.get(key) ?? this.allowedOf(tools, scope);
    visible.byScope.set(key, specs);
    return specs;
  }

  /** Every call of a tool asks: the rules of a scope are read once. */
  private rulesOf(scope: ToolScope, key: string): CompiledPolicy {
    const global = this.config.get(ToolPolicyConfig);
    if (this.rules?.global !== global)
      this.rules = { global, byScope: new LRUCache<string, CompiledPolicy>({ max: RULES_KNOWN_MAX }) };
    const { byScope } = this.rules;
    const policy = byScope.get(key) ?? compilePolicy({ ...scope, global });
    byScope.set(key, policy);
    return policy;
  }

  /** What is remembered of these tools, under the global rules of now. */
  private visibleOf(list: readonly OfferedTool[]): Visible {
    const global = this.config.get(ToolPolicyConfig);
    const known = this.known.get(list);
    if (known?.global === global) return known;
    const fresh = { global, byScope: new LRUCache<string, readonly ToolSpec[]>({ max: SCOPES_KNOWN_MAX }) };
    this.known.set(list, fresh);
    return fresh;
  }

  private allowedOf(tools: Toolset, scope: ToolScope): readonly ToolSpec[] {
    const allowed = new Set(this.resolve(tools, scope).allowed());
    return tools.list().flatMap(({ spec }) => (allowed.has(spec.name) ? [spec] : []));
  }
}

/** The rules of each scope, as long as the global ones are these. */
interface ScopeRules {
  readonly global: Readonly<ToolPolicyConfig>;
  readonly byScope: LRUCache<string, CompiledPolicy>;
}

/** What scopes see, as long as the global rules are these. */
interface Visible {
  readonly global: Readonly<ToolPolicyConfig>;
  readonly byScope: LRUCache<string, readonly ToolSpec[]>;
}
