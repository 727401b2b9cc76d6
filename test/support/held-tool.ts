import { type Tool, type ToolResult, type ToolSpec, textResult } from '#contracts';

/** What every held tool is, but for its name and whether it may be repeated. */
export const HELD_TOOL: Omit<ToolSpec, 'name' | 'repeatable'> = {
  description: 'For a test.',
  parameters: { type: 'object' },
  groups: [],
};

/** A tool whose next call can be held, so that a process dies while it goes. Extend it and name it. */
export class HeldTool implements Tool {
  calls = 0;
  private hold: PromiseWithResolvers<void> | undefined;

  /** The next call never ends; resolves when it has begun. */
  async holdNext(): Promise<void> {
    this.hold = Promise.withResolvers<void>();
    await this.hold.promise;
  }

  async execute(): Promise<ToolResult> {
    this.calls += 1;
    const held = this.hold;
    this.hold = undefined;
    held?.resolve();
    return held ? new Promise(() => undefined) : textResult(`call ${this.calls}`);
  }
}
