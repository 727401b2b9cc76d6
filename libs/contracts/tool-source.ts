import type { Caller } from './caller.js';
import type { AgentRef } from './run-context.js';
import type { Tool, ToolSpec } from './tool.js';

/** A tool with what is known of it. */
export interface OfferedTool {
  readonly spec: ToolSpec;
  readonly tool: Tool;
  /** Where it comes from, for people: a class name, `mcp:<server>`, `custom`. */
  readonly source: string;
}

/** A tool that a source would offer, and why it does not. For whoever asks where it is. */
export interface WithheldTool {
  readonly name: string;
  /** What the names of its tools begin with, where it stands for several that are not known. */
  readonly prefix?: string;
  readonly source: string;
  /** A sentence that names the remedy. */
  readonly reason: string;
}

export interface Offer {
  readonly tools: readonly OfferedTool[];
  readonly withheld: readonly WithheldTool[];
}

/** For whom tools are asked. */
export interface ToolUser {
  readonly caller: Caller;
  readonly agent: AgentRef;
}

/**
 * Port: tools that not everybody has, or that come and go while the gateway runs. Implementations are found by
 * {@link DefineToolSource}. They answer from memory where they can: every run asks. While nothing changed for a user,
 * the same object is answered. They never throw; what cannot be reached is `withheld`. A tool that was offered when a
 * run began may have been withdrawn since: its `execute` asks again, and answers with an error result.
 */
export interface ToolSource {
  offer(user: ToolUser): Promise<Offer>;
}

const TOOL_SOURCE = Symbol('goclaw:tool-source');

/** The order of sources of the gateway's own tools: they alone may take a name that policies keep for the gateway. */
export const GATEWAY_TOOLS_ORDER = 0;

/** Marks a class as a source of tools. Of two tools of one name, that of the source of lower `order` is taken. */
export function DefineToolSource(
  order: number,
): <T extends new (...args: never[]) => ToolSource>(target: T) => void {
  return (target) => {
    Object.defineProperty(target, TOOL_SOURCE, { value: order });
  };
}

/** The order of a class marked by {@link DefineToolSource}; `undefined` for any other value. */
export function toolSourceOrder(target: unknown): number | undefined {
  if (typeof target !== 'function') return undefined;
  const order: unknown = Reflect.get(target, TOOL_SOURCE);
  return typeof order === 'number' ? order : undefined;
}
