import { Injectable } from '@nestjs/common';
import type { ToolCall } from '#contracts';
import { Clock } from '#kernel';
import { abortReasonOf } from '#scheduler';
import type { NewMessage } from '#store';
import { ToolExecutor, type ToolScope, type Toolset } from '#tools';
import { spanOf } from '../tools/tool-call-span.js';
import { inOrder } from './in-order.js';
import type { LoopTask } from './loop-task.js';
import { ShownOutput } from './shown-output.js';
import { toolMessage, unknownOutcome } from './tool-messages.js';

type ToolTask = Pick<LoopTask, 'runtime' | 'context' | 'log' | 'trace'>;

/** What a run may do: the tools it began with, and whose rules hold for them. */
export interface RunTools {
  readonly all: Toolset;
  readonly scope: ToolScope;
}

/** A call that was stopped because the run goes on elsewhere: the next attempt at it deals with the call. */
const LEFT_OPEN = 'left-open';

/** Does what a model asked for. */
@Injectable()
export class ToolCalls {
  constructor(
    private readonly executor: ToolExecutor,
    private readonly clock: Clock,
  ) {}

  /** Runs the calls of one answer in parallel; the results are published in the order of the calls. */
  answer(task: ToolTask, tools: RunTools, calls: readonly ToolCall[]): Promise<NewMessage[]> {
    return this.settle(task, tools, calls, calls);
  }

  /**
   * The same for calls that an earlier attempt at the run left without a result. Only what is repeatable is done
   * again, never silently anything else.
   */
  async answerAgain(task: ToolTask, tools: RunTools, calls: readonly ToolCall[]): Promise<NewMessage[]> {
    const repeated: ToolCall[] = [];
    for (const call of calls) {
      if (await this.executor.isRepeatable(call, { run: task.context, tools: tools.all }))
        repeated.push(call);
    }
    return this.settle(task, tools, calls, repeated);
  }

  private async settle(
    { runtime, context, log, trace }: ToolTask,
    { all: tools, scope }: RunTools,
    calls: readonly ToolCall[],
    executable: readonly ToolCall[],
  ): Promise<NewMessage[]> {
    for (const { id, name } of calls) log.append('tool.call', { id, name });
    const results: (NewMessage | typeof LEFT_OPEN)[] = [];
    const publish = inOrder<NewMessage | typeof LEFT_OPEN>((result) => {
      // Whoever goes on with the run publishes the results that stand.
      if (result === LEFT_OPEN || goesOnElsewhere(context.signal)) return;
      const { toolCallId: id = '', toolName: name = '', isError = false } = result;
      log.append('tool.result', { id, name, is_error: isError });
    });
    const take = (index: number, result: NewMessage | typeof LEFT_OPEN): void => {
      results[index] = result;
      publish(index, result);
    };
    const executed = [...calls.entries()].filter(([index, call]) => {
      const isExecuted = executable.includes(call);
      if (!isExecuted) take(index, unknownOutcome(call));
      return isExecuted;
    });
    const batch = executed.map(([, call]) => call);
    const { workspace, sandbox } = runtime;
    const shown = new ShownOutput(log, this.clock, (text) => this.executor.scrubbed(text));
    const onShown = shown.add.bind(shown);
    const where = { run: context, tools, workspace, onShown, ...(sandbox && { sandbox }) };
    await this.executor.executeAll(batch, scope, where, (outcome, at) => {
      trace.toolCall(spanOf(outcome));
      shown.end(outcome.call);
      take(executed[at]?.[0] ?? at, goesOnElsewhere(context.signal) ? LEFT_OPEN : toolMessage(outcome));
    });
    return results.filter((result) => result !== LEFT_OPEN);
  }
}

function goesOnElsewhere(signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  const reason = abortReasonOf(signal);
  return reason === 'shutdown' || reason === 'lease-lost';
}
