import { expect, it } from 'vitest';
import type { ToolCall } from '#contracts';
import { type AbortReason, RunAborted } from '#scheduler';
import { ToolExecutor, type ToolOutcome, type Toolset } from '#tools';
import type { LoopTask } from './loop-task.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ToolCalls } from './tool-calls.js';

const NO_TOOLS: Toolset = { get: () => undefined, list: () => [], withheld: () => [] };
const CALL: ToolCall = { id: 'c1', name: 'exec', arguments: {} };

/** Whether the result of a call that was stopped for `reason` becomes part of the conversation. */
async function isKept(reason: AbortReason): Promise<boolean> {
  const controller = new AbortController();
  const executor = Object.assign(Object.create(ToolExecutor.prototype) as ToolExecutor, {
    executeAll: async (
      [call]: readonly ToolCall[],
      _scope: unknown,
      _where: unknown,
      take: (outcome: ToolOutcome, at: number) => void,
    ) => {
      controller.abort(new RunAborted(reason));
      const result = { content: [{ type: 'text', text: 'stopped' }], isError: true };
      take({ call, result, startedAt: 0, durationMs: 1 } as ToolOutcome, 0);
    },
  });
  const task = {
    runtime: {},
    context: { signal: controller.signal },
    log: { append: () => undefined },
    trace: { toolCall: () => undefined },
  } as unknown as LoopTask;
  return (
    (
      await new ToolCalls(executor, new ManualClock()).answer(task, { all: NO_TOOLS, scope: { agent: {} } }, [
        CALL,
      ])
    ).length > 0
  );
}

it.each([
  ['shutdown', false],
  ['lease-lost', false],
  ['user', true],
  ['deadline', true],
] as const)(
  'a call that was stopped for %s has a result: %s; else its outcome is unknown',
  async (reason, kept) => {
    expect(await isKept(reason)).toBe(kept);
  },
);
