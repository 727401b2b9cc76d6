import type { OfferedTool, WithheldTool } from '#contracts';

/** The tools there are for one user of one agent, before any policy. Immutable. */
export interface Toolset {
  get(name: string): OfferedTool | undefined;
  /** Sorted by name. The same array as long as they are the same tools. */
  list(): readonly OfferedTool[];
  /** What is missing, and why. */
  withheld(): readonly WithheldTool[];
}

/** Why there is no tool of this name; `undefined` when nobody would have one. */
export function withheldAs(tools: Toolset, wanted: string): WithheldTool | undefined {
  const withheld = tools.withheld();
  return (
    withheld.find(({ name }) => name === wanted) ??
    withheld.find(({ prefix }) => prefix !== undefined && wanted.startsWith(prefix))
  );
}

/** A set of one tool. */
export function singleTool(entry: OfferedTool): Toolset {
  const list = [entry];
  return {
    get: (name) => (name === entry.spec.name ? entry : undefined),
    list: () => list,
    withheld: () => [],
  };
}
