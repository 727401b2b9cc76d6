import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type OfferedTool, type Tool, type ToolSpec, toolSpecOf, type WithheldTool } from '#contracts';
import { ToolsError, ToolsErrorReason } from '../tools.errors.js';
import type { Toolset } from './toolset.js';

const NOTHING_WITHHELD: readonly WithheldTool[] = [];

/**
 * Every tool of the program: the classes marked by `@DefineTool` in any module, and those registered at run
 * time. It imports none of them.
 */
@Injectable()
export class ToolRegistry implements OnModuleInit, Toolset {
  private readonly tools = new Map<string, OfferedTool>();
  private sorted: readonly OfferedTool[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ToolsError when two classes claim one name. */
  onModuleInit(): void {
    const seen = new Set<unknown>();
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      const spec = toolSpecOf(typeof instance === 'object' ? instance?.constructor : undefined);
      if (!spec || !isTool(instance) || seen.has(instance)) continue;
      seen.add(instance);
      const source = instance.constructor.name;
      if (!wrapper.isDependencyTreeStatic() || wrapper.isTransient) throw notASingleton(spec.name, source);
      this.register(spec, instance, source);
    }
  }

  /** @throws ToolsError when the name is taken. */
  register(spec: ToolSpec, tool: Tool, source: string): void {
    const existing = this.tools.get(spec.name);
    if (existing) {
      throw new ToolsError(
        ToolsErrorReason.DUPLICATE_TOOL,
        `The tool name "${spec.name}" is claimed by ${existing.source} and by ${source}; rename one of them.`,
      );
    }
    this.tools.set(spec.name, { spec, tool, source });
    this.sort();
  }

  /** Returns whether there was such a tool. Calls that run already are not disturbed. */
  unregister(name: string): boolean {
    const removed = this.tools.delete(name);
    if (removed) this.sort();
    return removed;
  }

  get(name: string): OfferedTool | undefined {
    return this.tools.get(name);
  }

  /** All tools, sorted by name. */
  list(): readonly OfferedTool[] {
    return this.sorted;
  }

  withheld(): readonly WithheldTool[] {
    return NOTHING_WITHHELD;
  }

  private sort(): void {
    const byName = (a: OfferedTool, b: OfferedTool): number => (a.spec.name < b.spec.name ? -1 : 1);
    this.sorted = [...this.tools.values()].toSorted(byName);
  }
}

function isTool(instance: unknown): instance is Tool {
  return typeof instance === 'object' && instance !== null && 'execute' in instance;
}

function notASingleton(name: string, source: string): ToolsError {
  return new ToolsError(
    ToolsErrorReason.NOT_A_SINGLETON,
    `The tool "${name}" (${source}) is request-scoped or transient; provide it, and what it injects, with the default scope.`,
  );
}
