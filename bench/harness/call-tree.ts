/** One function in one place of the call tree, as V8's profiler reports it. */
export interface ProfileNode {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** Who called whom. */
export class CallTree {
  private readonly nodes: ReadonlyMap<number, ProfileNode>;
  private readonly callers = new Map<number, number>();

  constructor(nodes: readonly ProfileNode[]) {
    this.nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, children = [] } of nodes) for (const child of children) this.callers.set(child, id);
  }

  /** A function and its callers, inside out. */
  stack(id: number): ProfileNode[] {
    const stack: ProfileNode[] = [];
    for (let at: number | undefined = id; at !== undefined; at = this.callers.get(at)) {
      const node = this.nodes.get(at);
      if (node) stack.push(node);
    }
    return stack;
  }
}
