import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OfferedTool, ToolSpec } from '#contracts';
import { ConfigService } from '#config';
import type { Toolset } from '../registry/toolset.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { resolvePolicy } from './resolve-policy.js';
import type { ResolvedPolicy, ToolScope } from './tool-policy.types.js';

/** Different scopes (agent policy, provider, channel) of one set of tools that are remembered. */
const SCOPES_KNOWN_MAX = 100;

/** Which tools a run may use, by the rules as they are now. */
@Injectable()
export class ToolPolicy {
  private readonly known = new WeakMap<readonly OfferedTool[], Visible>();

  constructor(private readonly config: ConfigService) {}

  /**
   * Decides about every tool that there is.
   * @throws ToolsError when a policy names an unknown profile.
   */
  resolve(tools: Toolset, scope: ToolScope): ResolvedPolicy {
    const specs = tools.list().map((entry) => entry.spec);
    return resolvePolicy(specs, { ...scope, global: this.config.get(ToolPolicyConfig) });
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
    const { allowed } = this.resolve(tools, scope);
    return tools.list().flatMap(({ spec }) => (allowed.has(spec.name) ? [spec] : []));
  }
}

/** What scopes see, as long as the global rules are these. */
interface Visible {
  readonly global: Readonly<ToolPolicyConfig>;
  readonly byScope: LRUCache<string, readonly ToolSpec[]>;
}
