import { Injectable } from '@nestjs/common';
import type { ToolSpec } from '#contracts';
import { ConfigService } from '#config';
import { ToolRegistry } from '../registry/tool-registry.js';
import { ToolPolicyConfig } from './tool-policy.config.js';
import { resolvePolicy } from './resolve-policy.js';
import type { ResolvedPolicy, ToolScope } from './tool-policy.types.js';

/** Which tools a run may use, by the rules as they are now. */
@Injectable()
export class ToolPolicy {
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

  /** The tools to show a model, sorted by name so that prompts stay byte-stable. */
  visibleTools(scope: ToolScope): readonly ToolSpec[] {
    const { allowed } = this.resolve(scope);
    return this.registry
      .list()
      .map((entry) => entry.spec)
      .filter((spec) => allowed.has(spec.name));
  }
}
