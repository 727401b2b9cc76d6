import type { LlmTool } from '#contracts';

/**
 * A vendor's tool definitions, made once for each array of tools: a run sends the same array with every call,
 * and the definitions must not change by a byte between two of them.
 */
export class ToolDefinitions<T> {
  private readonly made = new WeakMap<readonly LlmTool[], readonly T[]>();

  constructor(private readonly make: (tool: LlmTool, isLast: boolean) => T) {}

  of(tools: readonly LlmTool[]): readonly T[] {
    const known = this.made.get(tools);
    if (known) return known;
    const made = tools.map((tool, index) => this.make(tool, index === tools.length - 1));
    this.made.set(tools, made);
    return made;
  }
}
